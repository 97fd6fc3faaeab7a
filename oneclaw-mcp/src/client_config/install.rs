use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use super::entries::Entries;
use super::{Launch, McpClient, NAME, client_config, entry, toml_table};
use crate::InstallError;

/// What an edit of a configuration file did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Whether the file is another than before.
    pub changed: bool,
    /// Where the file as it was before is kept, where there was one and it changed.
    pub backup: Option<PathBuf>,
}

/// Adds the server to a client's configuration file, or replaces its entry; everything else in the file stays.
///
/// The file as it was is kept beside it as `NAME.before-oneclaw`, and the new one takes its place in one step.
///
/// # Errors
///
/// Fails, with the file untouched, when it can't be read, is not what the client's documentation says, or can't be
/// written.
pub fn install(client: McpClient, path: &Path, launch: &Launch) -> Result<Installed, InstallError> {
    edit(path, |old| match (client, old) {
        (_, None) => Ok(client_config(client, launch)),
        (McpClient::Codex, Some(old)) => Ok(set_table(old, Some(&toml_table(launch)))),
        (_, Some(old)) => set_entry(client, path, old, Some(launch)),
    })
}

/// Removes the server from a client's configuration file; everything else in the file stays.
///
/// # Errors
///
/// Fails as [`install`] does. A file that is not there is no error.
pub fn uninstall(client: McpClient, path: &Path) -> Result<Installed, InstallError> {
    edit(path, |old| match (client, old) {
        (_, None) => Ok(String::new()),
        (McpClient::Codex, Some(old)) => Ok(set_table(old, None)),
        (_, Some(old)) => set_entry(client, path, old, None),
    })
}

fn set_entry(
    client: McpClient,
    path: &Path,
    old: &str,
    launch: Option<&Launch>,
) -> Result<String, InstallError> {
    let form = |_| InstallError::Form { path: path.to_owned(), section: client.section() };
    let text = old.trim_start_matches('\u{feff}');
    let mut file: Entries =
        if text.trim().is_empty() { Entries::default() } else { serde_json::from_str(text).map_err(form)? };
    let mut servers: Entries = match file.find(client.section()) {
        Some(servers) => serde_json::from_str(servers.get()).map_err(form)?,
        None => Entries::default(),
    };
    match launch {
        Some(launch) => {
            let text = serde_json::to_string_pretty(&entry(client, launch)).map_err(form)?;
            let text = text.replace('\n', "\n    ");
            servers.set(NAME, RawValue::from_string(text).map_err(form)?);
        }
        None if servers.remove(NAME) => {}
        None => return Ok(old.to_owned()),
    }
    file.set(client.section(), RawValue::from_string(servers.print(2)).map_err(form)?);
    Ok(format!("{}\n", file.print(0)))
}

/// Replaces our table in a TOML file, up to the next table, or adds it at the end.
fn set_table(old: &str, table: Option<&str>) -> String {
    let ours = |line: &str| {
        let header = line.trim().trim_end_matches(']').trim_start_matches('[').replace(['"', ' '], "");
        let name = format!("mcp_servers.{NAME}");
        line.trim_start().starts_with('[')
            && (header == name || header.strip_prefix(&name).is_some_and(|rest| rest.starts_with('.')))
    };
    let mut out = String::new();
    let mut inside = false;
    let mut pending = table;
    for line in old.split_inclusive('\n') {
        if line.starts_with('[') {
            inside = ours(line);
            if inside && let Some(table) = pending.take() {
                out.push_str(table);
                out.push('\n');
            }
        }
        if !inside {
            out.push_str(line);
        }
    }
    if let Some(table) = pending {
        if !out.is_empty() {
            out.push_str(if out.ends_with('\n') { "\n" } else { "\n\n" });
        }
        out.push_str(table);
    }
    out
}

fn edit(
    path: &Path,
    change: impl FnOnce(Option<&str>) -> Result<String, InstallError>,
) -> Result<Installed, InstallError> {
    // A link is followed: users keep these files in repositories of their own.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let read = |source| InstallError::Read { path: path.clone(), source };
    let old = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(read(error)),
    };
    let new = change(old.as_deref())?;
    if new == old.as_deref().unwrap_or_default() {
        return Ok(Installed { changed: false, backup: None });
    }
    let write = |source| InstallError::Write { path: path.clone(), source };
    let backup = match old {
        Some(_) => {
            let backup = beside(&path, ".before-oneclaw");
            fs::copy(&path, &backup).map_err(write)?;
            Some(backup)
        }
        None => {
            fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(write)?;
            None
        }
    };
    replace(&path, &new).map_err(write)?;
    Ok(Installed { changed: true, backup })
}

/// Writes a file beside `path` and moves it there, with the permissions the old one had.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let fresh = beside(path, &format!(".oneclaw-{}", std::process::id()));
    let written = create_private(&fresh).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(path) {
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&fresh, path)
    });
    if written.is_err() {
        // The error of writing is the one that tells something.
        let _ = fs::remove_file(&fresh);
    }
    written
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}
