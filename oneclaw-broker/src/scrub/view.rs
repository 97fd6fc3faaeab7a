use std::borrow::Cow;
use std::ops::Range;

use crate::percent::hex_digit;

/// A text, or what it decodes to, with the way back.
pub(super) struct View<'a> {
    bytes: Cow<'a, [u8]>,
    /// The source range of each byte; the same position for the text itself.
    sources: Option<Vec<(u32, u32)>>,
}

/// The ways to read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decoder {
    /// JSON, JavaScript and C escapes.
    Backslash,
    /// `%XX`.
    Percent,
    /// Character references of HTML and XML.
    Entity,
    /// UTF-16 and UTF-32 of ASCII, whatever the byte order.
    Nul,
    /// White space inside base64 and hex.
    Space,
}

/// Calls `look` with a text and with everything it decodes to in up to two steps, white space aside.
pub(super) fn each(text: &[u8], mut look: impl FnMut(&View<'_>)) {
    let root = View { bytes: Cow::Borrowed(text), sources: None };
    descend(&root, 2, &mut look);
}

const DECODERS: [Decoder; 4] = [Decoder::Backslash, Decoder::Percent, Decoder::Entity, Decoder::Nul];

fn descend(view: &View<'_>, depth: u8, look: &mut impl FnMut(&View<'_>)) {
    look(view);
    if let Some(joined) = view.decode(Decoder::Space) {
        look(&joined);
    }
    if depth == 0 {
        return;
    }
    for decoder in DECODERS {
        if let Some(decoded) = view.decode(decoder) {
            descend(&decoded, depth - 1, look);
        }
    }
}

impl View<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the range of the source that decoded to a range of this view.
    pub(super) fn source(&self, start: usize, end: usize) -> Range<usize> {
        let Some(sources) = &self.sources else { return start..end };
        let first = sources.get(start).map_or(0, |(start, _)| *start);
        let last = end.checked_sub(1).and_then(|last| sources.get(last)).map_or(first, |(_, end)| *end);
        first as usize..last as usize
    }

    /// Decodes the view; nothing when there is nothing to decode, or when the text is longer than any reply.
    fn decode(&self, decoder: Decoder) -> Option<View<'static>> {
        let trigger: fn(u8) -> bool = match decoder {
            Decoder::Backslash => |byte| byte == b'\\',
            Decoder::Percent => |byte| byte == b'%',
            Decoder::Entity => |byte| byte == b'&',
            Decoder::Nul => |byte| byte == 0,
            Decoder::Space => |byte: u8| byte.is_ascii_whitespace(),
        };
        let text = self.bytes();
        if !text.iter().copied().any(trigger) || u32::try_from(text.len()).is_err() {
            return None;
        }
        let mut bytes = Vec::with_capacity(text.len());
        let mut sources = Vec::with_capacity(text.len());
        let mut at = 0;
        let mut changed = false;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let token = decoder.token(rest);
            let (decoded, len) = match &token {
                Some((decoded, len)) => (decoded.as_slice(), (*len).max(1)),
                None => (rest.get(..1).unwrap_or_default(), 1),
            };
            changed |= token.is_some();
            let Range { start, end } = self.source(at, at + len);
            bytes.extend_from_slice(decoded);
            // Positions were checked to fit.
            let span = (u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX));
            sources.extend(std::iter::repeat_n(span, decoded.len()));
            at += len;
        }
        changed.then_some(View { bytes: Cow::Owned(bytes), sources: Some(sources) })
    }
}

/// Up to four bytes that something decodes to.
struct Decoded {
    bytes: [u8; 4],
    len: usize,
}

impl Decoded {
    const NOTHING: Self = Self { bytes: [0; 4], len: 0 };

    const fn byte(byte: u8) -> Self {
        Self { bytes: [byte, 0, 0, 0], len: 1 }
    }

    fn char(c: char) -> Self {
        let mut bytes = [0; 4];
        let len = c.encode_utf8(&mut bytes).len();
        Self { bytes, len }
    }

    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Decoder {
    /// Decodes what the text starts with, and says how many bytes it is; nothing when it stands for itself.
    fn token(self, text: &[u8]) -> Option<(Decoded, usize)> {
        match self {
            Self::Backslash => backslash(text),
            Self::Percent => match text {
                [b'%', high, low, ..] => Some((Decoded::byte(hex_digit(*high)? << 4 | hex_digit(*low)?), 3)),
                _ => None,
            },
            Self::Entity => entity(text),
            Self::Nul => (*text.first()? == 0).then_some((Decoded::NOTHING, 1)),
            Self::Space => text.first()?.is_ascii_whitespace().then_some((Decoded::NOTHING, 1)),
        }
    }
}

fn backslash(text: &[u8]) -> Option<(Decoded, usize)> {
    let [b'\\', kind, rest @ ..] = text else { return None };
    let escaped = match kind {
        b'u' => return unicode_escape(rest).map(|(c, len)| (Decoded::char(c), len + 2)),
        b'x' => {
            let byte = u8::try_from(number(rest.get(..2)?, 16)?).ok()?;
            return Some((Decoded::byte(byte), 4));
        }
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        other => *other,
    };
    Some((Decoded::byte(escaped), 2))
}

/// Decodes what follows `\u`: four digits, a surrogate pair, or digits in braces.
fn unicode_escape(text: &[u8]) -> Option<(char, usize)> {
    if let [b'{', rest @ ..] = text {
        let len = rest.iter().take(7).position(|byte| *byte == b'}')?;
        return Some((char::from_u32(number(rest.get(..len)?, 16)?)?, len + 2));
    }
    let high = number(text.get(..4)?, 16)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, 4));
    }
    let low = match text.get(4..10)? {
        [b'\\', b'u', digits @ ..] => number(digits, 16)?,
        _ => return None,
    };
    let pair = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
    Some((char::decode_utf16(pair).next()?.ok()?, 10))
}

fn entity(text: &[u8]) -> Option<(Decoded, usize)> {
    let [b'&', rest @ ..] = text else { return None };
    if let [b'#', rest @ ..] = rest {
        let (radix, rest, prefix) = match rest {
            [b'x' | b'X', rest @ ..] => (16, rest, 3),
            rest => (10, rest, 2),
        };
        let len = rest.iter().take(10).take_while(|byte| char::from(**byte).is_digit(radix)).count();
        let c = char::from_u32(number(rest.get(..len)?, radix)?)?;
        // HTML takes a number without its semicolon too.
        let semicolon = usize::from(rest.get(len) == Some(&b';'));
        return Some((Decoded::char(c), prefix + len + semicolon));
    }
    let len = rest.iter().take(13).position(|byte| *byte == b';')?;
    let name = rest.get(..len)?;
    let (_, c) = NAMED.iter().find(|(known, _)| known.as_bytes() == name)?;
    Some((Decoded::byte(*c), len + 2))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// The named references of HTML for ASCII punctuation.
const NAMED: [(&str, u8); 44] = [
    ("amp", b'&'),
    ("AMP", b'&'),
    ("lt", b'<'),
    ("LT", b'<'),
    ("gt", b'>'),
    ("GT", b'>'),
    ("quot", b'"'),
    ("QUOT", b'"'),
    ("apos", b'\''),
    ("excl", b'!'),
    ("num", b'#'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("ast", b'*'),
    ("midast", b'*'),
    ("plus", b'+'),
    ("comma", b','),
    ("period", b'.'),
    ("sol", b'/'),
    ("colon", b':'),
    ("semi", b';'),
    ("equals", b'='),
    ("quest", b'?'),
    ("commat", b'@'),
    ("lsqb", b'['),
    ("lbrack", b'['),
    ("bsol", b'\\'),
    ("rsqb", b']'),
    ("rbrack", b']'),
    ("Hat", b'^'),
    ("lowbar", b'_'),
    ("UnderBar", b'_'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("lbrace", b'{'),
    ("verbar", b'|'),
    ("vert", b'|'),
    ("VerticalLine", b'|'),
    ("rcub", b'}'),
    ("rbrace", b'}'),
    ("Tab", b'\t'),
    ("NewLine", b'\n'),
];
