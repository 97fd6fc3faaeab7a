use std::env;
use std::path::PathBuf;

use super::McpClient;

/// Tells where a client of the current user keeps its configuration, whether or not the file is there.
///
/// Returns nothing where the user has no home directory.
#[must_use]
pub fn config_path(client: McpClient) -> Option<PathBuf> {
    let home = env::home_dir().filter(|home| home.is_absolute())?;
    Some(match client {
        McpClient::ClaudeDesktop => app_data(home)?.join("Claude").join("claude_desktop_config.json"),
        McpClient::ClaudeCode => home.join(".claude.json"),
        McpClient::Cursor => home.join(".cursor").join("mcp.json"),
        McpClient::VsCode => app_data(home)?.join("Code").join("User").join("mcp.json"),
        McpClient::Windsurf => home.join(".codeium").join("windsurf").join("mcp_config.json"),
        McpClient::Codex => {
            directory("CODEX_HOME").unwrap_or_else(|| home.join(".codex")).join("config.toml")
        }
        McpClient::Gemini => home.join(".gemini").join("settings.json"),
    })
}

/// Where desktop programs keep their configuration.
fn app_data(home: PathBuf) -> Option<PathBuf> {
    if cfg!(target_os = "macos") {
        Some(home.join("Library").join("Application Support"))
    } else if cfg!(windows) {
        directory("APPDATA")
    } else {
        Some(directory("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")))
    }
}

fn directory(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}
