//! Compiles the programs of the pages, each once: executables and messages are kept by what they
//! were made from.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The variables by which `tests/snippets.rs` hands a [`Compiler`] to `snippet-rustc`.
const FLAGS: &str = "SNIPPET_FLAGS";
const CACHE: &str = "SNIPPET_CACHE";

/// How every program of the book is compiled.
const ALWAYS: [&str; 2] = ["-Dwarnings", "-Cstrip=symbols"];

/// What rustc calls an executable while it is made.
const PROGRAM: &str = if cfg!(windows) {
    "program.exe"
} else {
    "program"
};

pub struct Compiler {
    /// Where the crates are that a page may use: `--extern name=path`, `-L dependency=dir`.
    flags: Vec<String>,
    cache: PathBuf,
}

impl Compiler {
    pub fn new(flags: Vec<String>, cache: PathBuf) -> Compiler {
        Compiler { flags, cache }
    }

    /// The same compiler with one more flag.
    pub fn with(mut self, flag: &str) -> Compiler {
        self.flags.push(flag.into());
        self
    }

    /// What [`Compiler::variables`] said, in the process that was started with them.
    pub fn from_variables() -> Compiler {
        let value = |name| env::var(name).unwrap_or_else(|_| panic!("{name} is set by the tests"));
        Compiler::new(
            value(FLAGS).lines().map(str::to_owned).collect(),
            value(CACHE).into(),
        )
    }

    pub fn variables(&self) -> [(&'static str, String); 2] {
        [
            (FLAGS, self.flags.join("\n")),
            (CACHE, self.cache.display().to_string()),
        ]
    }

    /// The executable of a program.
    ///
    /// # Errors
    /// What rustc says when it rejects the program; warnings are errors.
    pub fn compile(&self, program: &str, edition: &str) -> Result<PathBuf, String> {
        let kept = self
            .kept(program, edition)
            .with_extension(env::consts::EXE_EXTENSION);
        if !kept.exists() {
            let dir = tempfile::tempdir_in(self.dir()).map_err(|error| error.to_string())?;
            let (accepted, messages) = self.rustc(dir.path(), program, edition, "human")?;
            if !accepted {
                return Err(messages);
            }
            fs::rename(dir.path().join(PROGRAM), &kept).map_err(|error| error.to_string())?;
        }
        Ok(kept)
    }

    /// What rustc says about a program, a JSON object a line; empty when it accepts the program.
    ///
    /// # Errors
    /// When rustc cannot be run.
    pub fn messages(&self, program: &str, edition: &str) -> Result<String, String> {
        let kept = self.kept(program, edition).with_extension("json");
        if let Ok(messages) = fs::read_to_string(&kept) {
            return Ok(messages);
        }
        let dir = tempfile::tempdir_in(self.dir()).map_err(|error| error.to_string())?;
        let (accepted, messages) = self.rustc(dir.path(), program, edition, "json")?;
        let messages = if accepted { String::new() } else { messages };
        fs::write(&kept, &messages).map_err(|error| error.to_string())?;
        Ok(messages)
    }

    /// Compiles as `src/main.rs` of a directory, so that messages name no directory of a machine.
    fn rustc(
        &self,
        dir: &Path,
        program: &str,
        edition: &str,
        format: &str,
    ) -> Result<(bool, String), String> {
        let mut rustc = Command::new("rustc");
        rustc
            .current_dir(dir)
            .args(["src/main.rs", "-o", PROGRAM, "--edition", edition])
            .args(ALWAYS)
            .args(["--error-format", format])
            .args(&self.flags);
        let mut write = || -> io::Result<_> {
            fs::create_dir(dir.join("src"))?;
            fs::write(dir.join("src/main.rs"), program)?;
            super::process::run(&mut rustc, super::process::TOOL)
        };
        let run = write().map_err(|error| format!("rustc cannot be run: {error}"))?;
        Ok((run.code() == Some(0), run.stderr))
    }

    /// Where what is made from this program, with these crates, is kept.
    fn kept(&self, program: &str, edition: &str) -> PathBuf {
        let mut hash = DefaultHasher::new();
        (program, edition, &self.flags, ALWAYS).hash(&mut hash);
        let paths = self.flags.iter().filter_map(|flag| flag.split_once('='));
        // A directory of crates changes with every test that is linked into it: not they.
        let crates =
            paths.filter_map(|(_, path)| fs::metadata(path).ok().filter(|meta| meta.is_file()));
        crates.for_each(|meta| meta.modified().ok().hash(&mut hash));
        self.dir().join(format!("{:016x}", hash.finish()))
    }

    fn dir(&self) -> &Path {
        fs::create_dir_all(&self.cache).expect("the target directory can be written");
        &self.cache
    }
}
