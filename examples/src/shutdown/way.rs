//! A way out: its names, what it does, and what is known of it before it is taken.

/// A way out, in Rust and in Go.
pub struct Way {
    /// What it is called in Rust, with code in backticks; empty for a way that only Go has.
    pub name: &'static str,
    /// What it is called in Go; empty for a way that only Rust has.
    pub go: &'static str,
    /// Whether its program is built with `panic = "abort"`.
    pub aborts: bool,
    /// Where the book teaches it: a page and its heading, from `src/`; or nowhere.
    pub lesson: &'static str,
    /// What stands on stderr afterwards in Rust; empty for a way that says nothing there. It tells
    /// the end that is meant from any other.
    pub complaint: &'static str,
    /// The same in Go.
    pub go_complaint: &'static str,
    main: Main,
}

/// What stands for `main` on a way.
enum Main {
    Plain(fn()),
    Fallible(fn() -> Result<(), String>),
}

impl Way {
    pub(super) const fn both(name: &'static str, go: &'static str, main: fn()) -> Way {
        Way {
            name,
            go,
            aborts: false,
            lesson: "",
            complaint: "",
            go_complaint: "",
            main: Main::Plain(main),
        }
    }

    pub(super) const fn rust(name: &'static str, main: fn()) -> Way {
        Way::both(name, "", main)
    }

    pub(super) const fn fallible(name: &'static str, main: fn() -> Result<(), String>) -> Way {
        Way {
            main: Main::Fallible(main),
            ..Way::rust(name, || {})
        }
    }

    pub(super) const fn go(go: &'static str) -> Way {
        Way::both("", go, || {})
    }

    pub(super) const fn aborting(self) -> Way {
        Way {
            aborts: true,
            ..self
        }
    }

    pub(super) const fn complains(self, complaint: &'static str) -> Way {
        Way { complaint, ..self }
    }

    pub(super) const fn go_complains(self, go_complaint: &'static str) -> Way {
        Way {
            go_complaint,
            ..self
        }
    }

    pub(super) const fn at(self, lesson: &'static str) -> Way {
        Way { lesson, ..self }
    }

    /// Takes it. Many a way does not return.
    ///
    /// # Errors
    ///
    /// What `main` returns on it.
    pub fn take(&self) -> Result<(), String> {
        match self.main {
            Main::Plain(main) => {
                main();
                Ok(())
            }
            Main::Fallible(main) => main(),
        }
    }

    /// What a reader types to see it.
    #[must_use]
    pub fn argument(&self) -> String {
        self.name.replace('`', "")
    }

    /// What the Go half calls it.
    #[must_use]
    pub fn go_argument(&self) -> String {
        self.go.replace('`', "")
    }

    /// The first cell of its row: its name, where the book teaches it, and a link to the row.
    #[must_use]
    pub fn title(&self) -> String {
        let name = self.named();
        let name = match self.lesson {
            "" => name.to_owned(),
            lesson => format!("[{name}](../{lesson})"),
        };
        let row = self.anchor();
        format!(
            r##"{name}&nbsp;<a class="row" id="{row}" href="#{row}" aria-label="This row">#</a>"##
        )
    }

    /// Where its row is on the page.
    pub(super) fn anchor(&self) -> String {
        let words = self.named().split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
        format!("way-{}", words.join("-"))
    }

    fn named(&self) -> &'static str {
        if self.name.is_empty() {
            self.go
        } else {
            self.name
        }
    }
}
