//! A scanner that shares nothing with the scrubber: it decodes everything that can be decoded and looks for the value.

type Reading = fn(&[u8]) -> Vec<Vec<u8>>;

/// Names a reading of `text` that shows `value`, if there is one.
pub(crate) fn shown(text: &[u8], value: &[u8]) -> Option<&'static str> {
    let readings: [(&'static str, Reading); 11] = [
        ("raw", |text| vec![text.to_vec()]),
        ("reversed", |text| vec![text.iter().rev().copied().collect()]),
        ("hex", hex),
        ("base64", |text| base64(text, b"+/")),
        ("base64url", |text| base64(text, b"-_")),
        ("percent", |text| vec![percent(text, false), percent(text, true)]),
        ("escapes", |text| vec![escapes(text)]),
        ("references", |text| vec![references(text)]),
        ("UTF-16LE", |text| utf16(text, u16::from_le_bytes)),
        ("UTF-16BE", |text| utf16(text, u16::from_be_bytes)),
        ("no NUL", |text| vec![text.iter().copied().filter(|byte| *byte != 0).collect()]),
    ];
    readings
        .iter()
        .find_map(|(name, read)| read(text).iter().any(|read| contains(read, value)).then_some(*name))
}

fn contains(text: &[u8], value: &[u8]) -> bool {
    text.windows(value.len()).any(|window| window == value)
}

fn runs<'a>(text: &'a [u8], member: impl Fn(u8) -> bool + 'a) -> impl Iterator<Item = &'a [u8]> {
    text.split(move |byte| !member(*byte)).filter(|run| run.len() > 8)
}

fn hex(text: &[u8]) -> Vec<Vec<u8>> {
    let decode = |run: &[u8]| -> Vec<u8> {
        run.chunks_exact(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    };
    runs(text, |byte| byte.is_ascii_hexdigit()).flat_map(|run| [decode(run), decode(&run[1..])]).collect()
}

fn base64(text: &[u8], last: &[u8; 2]) -> Vec<Vec<u8>> {
    let digit = |byte: u8| -> Option<u32> {
        Some(u32::from(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            _ if byte == last[0] => 62,
            _ if byte == last[1] => 63,
            _ => return None,
        }))
    };
    let decode = |run: &[u8]| {
        let bits: Vec<bool> = run
            .iter()
            .flat_map(|byte| (0..6).rev().map(move |bit| digit(*byte).unwrap() >> bit & 1 == 1))
            .collect();
        bits.chunks_exact(8)
            .map(|byte| byte.iter().fold(0u8, |byte, bit| byte << 1 | u8::from(*bit)))
            .collect::<Vec<u8>>()
    };
    let mut readings = Vec::new();
    for run in runs(text, |byte| digit(byte).is_some()) {
        for skipped in 0..4 {
            readings.push(decode(&run[skipped..]));
        }
    }
    readings
}

fn percent(text: &[u8], plus: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if text[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(if plus && text[at] == b'+' { b' ' } else { text[at] });
                at += 1;
            }
        }
    }
    out
}

fn escapes(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut out = String::new();
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        rest = after;
        let hex = |digits: Option<&str>| digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let (c, len) = match rest.chars().next() {
            None => break,
            Some('u') => (hex(rest.get(1..5)).and_then(char::from_u32), 5),
            Some('x') => (hex(rest.get(1..3)).and_then(char::from_u32), 3),
            Some(c) => (Some(c), c.len_utf8()),
        };
        out.extend(c);
        rest = rest.get(len..).unwrap_or_default();
    }
    out.push_str(rest);
    out.into_bytes()
}

fn references(text: &[u8]) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(text).into_owned();
    for c in (33..127).map(char::from) {
        let code = u32::from(c);
        for spelled in [format!("&#{code};"), format!("&#x{code:x};"), format!("&#X{code:X};")] {
            text = text.replace(&spelled, &c.to_string());
        }
    }
    let named =
        [("quot", "\""), ("lt", "<"), ("gt", ">"), ("apos", "'"), ("sol", "/"), ("plus", "+"), ("amp", "&")];
    for (name, c) in named {
        text = text.replace(&format!("&{name};"), c);
    }
    text.into_bytes()
}

fn utf16(text: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<Vec<u8>> {
    let decode = |text: &[u8]| {
        let units = text.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect::<String>().into_bytes()
    };
    vec![decode(text), decode(text.get(1..).unwrap_or_default())]
}
