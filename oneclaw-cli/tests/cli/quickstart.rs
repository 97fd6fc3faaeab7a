//! The first command a newcomer types.

use serde_json::Value;

use crate::world::World;

fn report(world: &World) -> Value {
    world.json(&["quickstart", "--demo"])
}

#[test]
fn the_demo_proves_the_promise_and_leaves_nothing_behind() {
    let world = World::bare();
    let scratch = world.directory().join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let world = world.with("TMPDIR", scratch.display().to_string());
    let report = report(&world);
    assert_eq!(report["ok"], true);
    assert_eq!(report["leaks"]["found"], 0);
    assert!(report["leaks"]["bytes"].as_u64().unwrap() > 5000, "hardly anything crossed: {report}");
    let checks: Vec<_> =
        report["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(
        checks,
        [
            "secret",
            "agent",
            "upstream",
            "tools/list",
            "get_secret",
            "execute_http",
            "read the value",
            "leaks",
            "audit"
        ]
    );
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "the temporary home is still there");
    assert!(!world.home().exists(), "the demo touched the home");
}

#[test]
fn the_report_is_short_and_without_colours_in_a_pipe() {
    let done = World::bare().run(&["quickstart"]).exits(0);
    let text = done.text();
    assert!(text.lines().count() <= 20, "{text}");
    assert!(text.contains("All of it holds"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn the_demo_depends_on_nothing_around_it() {
    let world = World::bare()
        .with("ONECLAW_BASE_URL", "http://127.0.0.1:1")
        .with("ONECLAW_API_KEY", "1ck_x")
        .with("ONECLAW_AGENT_API_KEY", "ocv_x")
        .with("ONECLAW_VAULT_ID", "nope")
        .with("HTTP_PROXY", "http://127.0.0.1:1")
        .with("CLAUDECODE", "1");
    assert_eq!(report(&world)["ok"], true);
}

#[test]
fn logs_at_their_loudest_hold_no_value() {
    let report = report_with_logs("trace");
    assert_eq!(report["leaks"]["found"], 0);
    assert_eq!(report["ok"], true);
}

fn report_with_logs(filter: &str) -> Value {
    let world = World::bare().with("ONECLAW_LOG", filter).with("RUST_LOG", filter);
    let done = world.run(&["quickstart", "--demo", "--json"]).exits(0);
    serde_json::from_slice(&done.stdout).unwrap()
}
