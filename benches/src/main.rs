//! Prints how oneclaw compares with its limits: `ratios [SUBJECT…]`.

use anyhow::{Result, bail};
use oneclaw_benches::{Ratio, crypto, policy};

/// What can be measured.
struct Subject {
    name: &'static str,
    ratios: fn() -> Result<Vec<Ratio>>,
}

const SUBJECTS: [Subject; 2] =
    [Subject { name: "crypto", ratios: crypto::ratios }, Subject { name: "policy", ratios: policy::ratios }];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some("ratios") {
        bail!("use `ratios`, with any of: {}", SUBJECTS.map(|subject| subject.name).join(", "));
    }
    let wanted: Vec<String> = arguments.collect();
    if let Some(unknown) = wanted.iter().find(|name| !SUBJECTS.iter().any(|subject| subject.name == *name)) {
        bail!("there is nothing to measure for `{unknown}`");
    }
    for Subject { name, ratios } in SUBJECTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            for ratio in ratios()? {
                println!("{ratio}");
            }
        }
    }
    Ok(())
}
