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
            let was_inside = std::mem::replace(&mut inside, ours(line));
            if inside && let Some(table) = pending.take() {
                out.push_str(table);
            } else if was_inside && !inside && table.is_some() {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    fn launch() -> Launch {
        Launch {
            program: "/usr/local/bin/oneclaw".to_owned(),
            args: ["mcp", "serve", "--agent", "claude"].map(str::to_owned).to_vec(),
            env: BTreeMap::from([("ONECLAW_HOME".to_owned(), "/home/a \"b\"\\c".to_owned())]),
        }
    }

    fn json_clients() -> impl Iterator<Item = McpClient> {
        McpClient::ALL.into_iter().filter(|client| *client != McpClient::Codex)
    }

    #[test]
    fn what_is_printed_is_what_is_installed() {
        let directory = tempfile::tempdir().unwrap();
        for client in McpClient::ALL {
            let path = directory.path().join("deep").join(client.as_str());
            let done = install(client, &path, &launch()).unwrap();
            assert_eq!(done, Installed { changed: true, backup: None });
            assert_eq!(fs::read_to_string(&path).unwrap(), client_config(client, &launch()));
            assert!(!install(client, &path, &launch()).unwrap().changed, "{client}");
        }
    }

    #[test]
    fn everything_else_stays_byte_for_byte_and_in_order() {
        let directory = tempfile::tempdir().unwrap();
        for client in json_clients() {
            let path = directory.path().join(client.as_str());
            let other = r#"{ "command":"x", "n": 1.10e+2, "s": "\u00e9/\/" }"#;
            let section = client.section();
            let old = format!(
                "\u{feff}{{\"zeta\": [1,  2], \"{section}\": {{\"b\": {other}, \"oneclaw\": 1, \"a\": {{}}}}, \"alpha\": null}}"
            );
            fs::write(&path, &old).unwrap();
            let backup = install(client, &path, &launch()).unwrap().backup.unwrap();
            assert_eq!(fs::read_to_string(&backup).unwrap(), old);
            let new = fs::read_to_string(&path).unwrap();
            assert!(new.contains(other) && new.contains("[1,  2]"), "{new}");
            let at = |text: &str| new.find(text).unwrap_or_else(|| panic!("{text} is not in {new}"));
            assert!(
                at("zeta") < at("\"b\"") && at("\"b\"") < at("oneclaw") && at("\"a\"") < at("alpha"),
                "{new}"
            );
            let parsed: Value = serde_json::from_str(&new).unwrap();
            assert_eq!(parsed[section]["oneclaw"]["args"][3], "claude");
            assert_eq!(parsed[section]["oneclaw"]["env"]["ONECLAW_HOME"], "/home/a \"b\"\\c");

            assert!(uninstall(client, &path).unwrap().changed);
            let parsed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(parsed[section].as_object().unwrap().len(), 2);
            assert!(!uninstall(client, &path).unwrap().changed);
        }
    }

    #[test]
    fn a_file_of_another_form_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.json");
        for text in ["{ // a comment\n}", "[]", "{\"mcpServers\": 1}", "{\"mcpServers\": {}", "null"] {
            fs::write(&path, text).unwrap();
            let error = install(McpClient::Cursor, &path, &launch()).unwrap_err();
            assert!(error.to_string().contains("oneclaw mcp print"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_table_is_set_among_others() {
        let old = "# mine\nmodel = \"x\"\n\n[mcp_servers.oneclaw]\ncommand = \"old\"\n\n[mcp_servers.oneclaw.env]\nA = \"1\"\n\n\
                   [mcp_servers.oneclaw2]\ncommand = \"other\"\n";
        let new = set_table(old, Some("[mcp_servers.oneclaw]\ncommand = \"new\"\n"));
        assert_eq!(
            new,
            "# mine\nmodel = \"x\"\n\n[mcp_servers.oneclaw]\ncommand = \"new\"\n\n[mcp_servers.oneclaw2]\ncommand = \"other\"\n"
        );
        assert_eq!(set_table(&new, Some("[mcp_servers.oneclaw]\ncommand = \"new\"\n")), new);
        assert_eq!(
            set_table(&new, None),
            "# mine\nmodel = \"x\"\n\n[mcp_servers.oneclaw2]\ncommand = \"other\"\n"
        );
        assert_eq!(set_table("a = 1", Some("[t]\n")), "a = 1\n\n[t]\n");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_a_link_is_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        fs::write(&file, "{}").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        install(McpClient::Cursor, &link, &launch()).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        let fresh = directory.path().join("fresh");
        install(McpClient::Cursor, &fresh, &launch()).unwrap();
        assert_eq!(fs::metadata(&fresh).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
