//! Small files by which wallets and WeChat see whose site this is: `MP_verify_….txt` and the like, at the root.

use std::{fs, path::Path};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderValue, header},
    routing::get,
};

const LARGEST: u64 = 64 * 1024;
const MOST: usize = 32;
const LONGEST_NAME: usize = 128;

/// The files, as they were at the start.
#[derive(Clone, Debug, Default)]
pub struct Files(Vec<File>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct File {
    name: String,
    kind: &'static str,
    content: Bytes,
}

impl Files {
    /// Reads the folder's `.txt` and `.html` files; whatever else is in it is left alone.
    ///
    /// # Errors
    /// Says which rule the folder or one of its files breaks.
    pub fn read(folder: &Path) -> Result<Files, String> {
        let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            let kind = match path.extension().and_then(|ending| ending.to_str()) {
                Some("txt") => "text/plain; charset=utf-8",
                Some("html") => "text/html; charset=utf-8",
                _ => continue,
            };
            let name = entry
                .file_name()
                .into_string()
                .ok()
                .filter(|name| can_be_served(name))
                .ok_or_else(|| {
                    format!(
                        "{:?}: a name is letters, digits, `_`, `-` and `.`, and not the page's own",
                        entry.file_name()
                    )
                })?;
            let of_file = |error: std::io::Error| format!("{name}: {error}");
            let about = fs::metadata(&path).map_err(of_file)?;
            if !about.is_file() || about.len() > LARGEST {
                return Err(format!("{name}: it is no file of at most 64 KiB"));
            }
            let content = fs::read(&path).map_err(of_file)?.into();
            files.push(File {
                name,
                kind,
                content,
            });
        }
        if files.len() > MOST {
            return Err(format!("there are more than {MOST} files in it"));
        }
        Ok(Files(files))
    }

    /// Answers each at `/NAME`.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        self.0.into_iter().fold(Router::new(), |router, file| {
            let kind = HeaderValue::from_static(file.kind);
            let answer = async move || ([(header::CONTENT_TYPE, kind)], file.content);
            router.route(&format!("/{}", file.name), get(answer))
        })
    }
}

fn can_be_served(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        && name != "index.html"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_plain_files_are_served() {
        let check = |files: &[(&str, usize)], expected: Result<&[&str], &str>| {
            let folder = tempfile::tempdir().expect("a folder");
            for (name, size) in files {
                fs::write(folder.path().join(name), "x".repeat(*size)).expect("a file");
            }
            fs::create_dir(folder.path().join("inside")).expect("a folder");
            let read = Files::read(folder.path()).map(|files| {
                let mut names: Vec<_> = files.0.into_iter().map(|file| file.name).collect();
                names.sort();
                names
            });
            match (read, expected) {
                (Ok(names), Ok(expected)) => assert_eq!(names, expected),
                (Err(error), Err(expected)) => assert!(error.contains(expected), "{error}"),
                (read, expected) => panic!("{read:?}, but expected {expected:?}"),
            }
        };
        check(&[], Ok(&[]));
        check(
            &[("MP_verify_aB1.txt", 16), ("a.html", 65_536), ("notes", 1)],
            Ok(&["MP_verify_aB1.txt", "a.html"]),
        );
        check(&[("a.txt", 65_537)], Err("a.txt: it is no file of at most"));
        check(&[("a b.txt", 1)], Err("\"a b.txt\": a name is"));
        check(&[("验证.txt", 1)], Err("a name is"));
        check(&[("{a}.txt", 1)], Err("a name is"));
        check(&[("index.html", 1)], Err("not the page's own"));
        let names: Vec<String> = (0..=MOST).map(|at| format!("{at}.txt")).collect();
        let many: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), 1)).collect();
        check(&many, Err("more than 32"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = Files::read(&folder.path().join("missing"));
        assert!(missing.is_err_and(|error| error.starts_with("cannot be read")));
        fs::create_dir(folder.path().join("a.txt")).expect("a folder");
        assert!(
            Files::read(folder.path()).is_err_and(|error| error.starts_with("a.txt: it is no"))
        );
    }
}
