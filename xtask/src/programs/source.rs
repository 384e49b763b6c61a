//! A program as rustc sees it, and what it needs.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

pub struct Source {
    /// The whole program, the lines a page hides included.
    pub text: String,
    pub has_main: bool,
    /// The first name of every path: crates, and modules and types in scope.
    pub roots: BTreeSet<String>,
}

impl Source {
    /// Reads a block's text. What is not even Rust tokens has no `main` and
    /// names nothing.
    pub fn read(block: &str) -> Self {
        let text: String = block.lines().map(|line| unhide(line) + "\n").collect();
        let tokens: TokenStream = text.parse().unwrap_or_default();
        let mut roots = BTreeSet::new();
        collect_roots(tokens.clone(), &mut roots);
        Self {
            has_main: has_main(tokens),
            text,
            roots,
        }
    }
}

/// mdBook hides a line that starts with `# `, and shows `##` as `#`.
fn unhide(line: &str) -> String {
    let code = line.trim_start();
    let indent = &line[..line.len() - code.len()];
    match code.strip_prefix('#') {
        Some("") => indent.to_owned(),
        Some(rest) if rest.starts_with('#') => format!("{indent}{rest}"),
        Some(rest) => match rest.strip_prefix(' ') {
            Some(hidden) => format!("{indent}{hidden}"),
            None => line.to_owned(),
        },
        None => line.to_owned(),
    }
}

fn has_main(tokens: TokenStream) -> bool {
    let tokens: Vec<_> = tokens.into_iter().collect();
    tokens.windows(2).any(|pair| match pair {
        [TokenTree::Ident(keyword), TokenTree::Ident(name)] => keyword == "fn" && name == "main",
        _ => false,
    })
}

fn collect_roots(tokens: TokenStream, roots: &mut BTreeSet<String>) {
    let mut name = None;
    let mut colons = 0;
    // Whether the colons follow a path, so that what follows them is no root.
    let mut in_path = false;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                let continues = colons == 2 && in_path;
                name = (!continues).then(|| ident.to_string());
                in_path = true;
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                colons += 1;
                if colons == 2 {
                    roots.extend(name.take());
                }
            }
            TokenTree::Punct(punct) => {
                name = None;
                in_path = punct.as_char() == '>';
                colons = 0;
            }
            TokenTree::Group(group) => {
                // `use tokio::{…}` goes on with the path before it.
                if !(colons == 2 && in_path) {
                    collect_roots(group.stream(), roots);
                }
                (name, in_path, colons) = (None, false, 0);
            }
            TokenTree::Literal(_) => (name, in_path, colons) = (None, false, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots(code: &str) -> Vec<String> {
        Source::read(code).roots.into_iter().collect()
    }

    #[test]
    fn roots_are_the_first_names_of_paths() {
        assert_eq!(
            roots(
                "use tokio::{sync::mpsc, task};\n\
                 use {futures::join, ::scopeguard::guard};\n\
                 #[companion::main]\n\
                 fn main() { let x: std::time::Instant = Vec::<u8>::new(); }"
            ),
            ["Vec", "companion", "futures", "scopeguard", "std", "tokio"]
        );
    }

    #[test]
    fn comments_and_strings_name_nothing() {
        assert!(roots("// tokio::spawn\nfn main() { \"futures::join\"; }").is_empty());
    }

    #[test]
    fn a_type_before_a_path_is_no_path() {
        assert_eq!(roots("fn f(x: i32) -> io::Result<()> {}"), ["io"]);
    }

    #[test]
    fn hidden_lines_are_part_of_the_program() {
        let source = Source::read("# use std::fs;\n#\nfn main() {\n    ## odd\n#[allow(x)]\n}");
        assert_eq!(
            source.text,
            "use std::fs;\n\nfn main() {\n    # odd\n#[allow(x)]\n}\n"
        );
        assert!(source.has_main);
    }

    #[test]
    fn main_is_a_function_of_the_program_itself() {
        assert!(Source::read("async fn main() {}").has_main);
        assert!(!Source::read("fn maintain() {} // fn main()").has_main);
        assert!(!Source::read("mod m { fn main() {} }").has_main);
    }
}
