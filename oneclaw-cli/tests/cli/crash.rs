//! `kill -9` while secrets are stored: what was acknowledged is there, and the chain verifies.

use std::io::Write;
use std::process::{Child, Stdio};
use std::time::Instant;

use crate::world::World;

/// Writers that run at the same time, of which some are killed.
const WRITERS: usize = 3;

/// Rounds; `SCALE` multiplies them.
fn rounds() -> usize {
    50 * std::env::var("SCALE").ok().and_then(|scale| scale.parse::<usize>().ok()).unwrap_or(1)
}

#[test]
fn what_was_acknowledged_is_not_lost() {
    let world = World::new();
    let usual = Instant::now();
    world.put("crash/first", "value of crash/first");
    let usual = usual.elapsed();
    let (mut acknowledged, mut killed) = (vec!["crash/first".to_owned()], 0);
    for round in 0..rounds() {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let path = format!("crash/round{round}-writer{writer}");
                (start(&world, &path), path)
            })
            .collect();
        // The moment of death moves through the whole of a write.
        let moment = Instant::now() + usual.mul_f64(2.0 * fraction(round));
        while Instant::now() < moment {
            std::thread::yield_now();
        }
        for (mut writer, path) in writers {
            let _ = writer.kill();
            match writer.wait().unwrap().success() {
                true => acknowledged.push(path),
                false => killed += 1,
            }
        }
    }
    assert!(killed > 0 && acknowledged.len() > 1, "{killed} killed, {} acknowledged", acknowledged.len());
    for path in &acknowledged {
        assert_eq!(world.run(&["secret", "get", path]).exits(0).text(), format!("value of {path}"));
    }
    let verified = world.json(&["audit", "verify"]);
    assert_eq!(verified["chain_valid"], true);
    // Nothing but whole secrets: what was killed is there with its value, or not at all.
    for secret in world.json(&["secret", "list"])["secrets"].as_array().unwrap() {
        let path = secret["path"].as_str().unwrap();
        assert_eq!(world.run(&["secret", "get", path]).exits(0).text(), format!("value of {path}"));
    }
}

fn start(world: &World, path: &str) -> Child {
    let mut command = world.command(&["secret", "put", path]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(format!("value of {path}").as_bytes());
    child
}

/// Spreads the rounds evenly over 0 to 1, whatever their number (the golden ratio's multiples).
fn fraction(round: usize) -> f64 {
    (u32::try_from(round).map_or(0.0, f64::from) * 0.618_033_988_75).fract()
}
