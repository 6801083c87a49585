//! Texts as people write them.

use serde_json::{Map, Value};

use crate::{FieldPath, doctor::edit::write::double, yaml::to_yaml};

/// Writes an object as no machine would: with comments, empty lines, quotes and brackets of every sort, as a
/// list of numbers picks them.
pub(super) struct Author<'p> {
    picks: std::iter::Cycle<std::slice::Iter<'p, u8>>,
    out: String,
    /// Comments and the places they speak of.
    comments: Vec<(String, FieldPath)>,
    step: usize,
    dash: usize,
    /// Whether values get anchors, and where the same value comes again, the anchor is used.
    names: bool,
    named: Vec<(usize, Value)>,
    count: usize,
}

impl<'p> Author<'p> {
    pub(super) fn write(object: &Value, picks: &'p [u8], names: bool) -> (String, Vec<(String, FieldPath)>) {
        let mut author = Author {
            picks: picks.iter().cycle(),
            out: String::new(),
            comments: Vec::new(),
            step: 2,
            dash: 0,
            names,
            named: Vec::new(),
            count: 0,
        };
        author.step = 2 + author.pick(3);
        author.dash = [0, 0, author.step][author.pick(3)];
        if author.pick(6) == 0 {
            author.out.push_str("--- # begin\n");
        }
        if author.pick(4) == 0 && !author.out.contains("begin") {
            author.out.push('\u{feff}');
        }
        author.lines(object, 0, &FieldPath::root(), false);
        match author.pick(5) {
            0 => author.out.push_str("...\n"),
            // What is kept at the end is not for cutting.
            1 if !author.out.ends_with("\n\n") && !author.out.ends_with("+\n") => {
                author.out.pop();
            }
            _ => {}
        }
        if author.pick(5) == 0 {
            author.out = author.out.replace('\n', "\r\n");
        }
        (author.out, author.comments)
    }

    fn pick(&mut self, of: usize) -> usize {
        self.picks.next().map_or(0, |pick| usize::from(*pick)) % of
    }

    fn spaces(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
    }

    fn comment(&mut self, path: &FieldPath) {
        let comment = format!("# c{}.", self.comments.len());
        self.out.push_str(&comment);
        self.comments.push((comment, path.clone()));
    }

    fn end(&mut self, path: &FieldPath) {
        if self.pick(4) == 0 {
            self.out.push(' ');
            self.comment(path);
        }
        self.out.push('\n');
    }

    fn above(&mut self, path: &FieldPath, column: usize) {
        if self.pick(6) == 0 && !self.out.ends_with("\n\n") && !self.out.ends_with("+\n") {
            self.out.push('\n');
        }
        if self.pick(4) == 0 {
            self.spaces(column);
            self.comment(path);
            self.out.push('\n');
        }
    }

    fn lines(&mut self, value: &Value, column: usize, path: &FieldPath, mut shares: bool) {
        let entries: Vec<(Option<&String>, FieldPath, &Value)> = match value {
            Value::Object(map) => map.iter().map(|(key, value)| (Some(key), path.key(key), value)).collect(),
            Value::Array(list) => {
                list.iter().enumerate().map(|(at, value)| (None, path.index(at), value)).collect()
            }
            _ => return,
        };
        let merged =
            value.as_object().and_then(|map| self.merge(map, column, &mut shares)).unwrap_or_default();
        for (key, path, value) in entries {
            if key.is_some_and(|key| merged.contains_key(key)) {
                continue;
            }
            if !std::mem::take(&mut shares) {
                self.above(&path, column);
                self.spaces(column);
            }
            match key {
                Some(key) => {
                    let key = self.token(key, true);
                    self.out.push_str(&key);
                    self.out.push(':');
                    self.value(value, column, &path);
                }
                None => {
                    self.out.push('-');
                    self.item(value, column, &path);
                }
            }
        }
    }

    fn is_block(&mut self, value: &Value) -> bool {
        let empty = match value {
            Value::Object(map) => map.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => true,
        };
        !empty && self.pick(4) != 0
    }

    /// Writes a `<<` for a map that holds all of one that has an anchor; what need not be written again.
    fn merge(
        &mut self,
        map: &Map<String, Value>,
        column: usize,
        shares: &mut bool,
    ) -> Option<Map<String, Value>> {
        let fits = |value: &&(usize, Value)| {
            value.1.as_object().is_some_and(|named| {
                !named.is_empty()
                    && named.len() < map.len()
                    && named.iter().all(|(key, value)| map.get(key) == Some(value))
            })
        };
        let (name, found) = self.named.iter().find(fits)?.clone();
        if map.contains_key("<<") || self.pick(3) == 0 {
            return None;
        }
        if !std::mem::take(shares) {
            self.spaces(column);
        }
        self.out.push_str(&format!("<<: *n{name}\n"));
        found.as_object().cloned()
    }

    /// Writes an anchor or uses one; `None` when that is all there is to write, else whether there is one.
    fn name(&mut self, value: &Value, path: &FieldPath) -> Option<bool> {
        if !self.names {
            return Some(false);
        }
        let known = self.named.iter().find(|(_, named)| named == value).map(|(name, _)| *name);
        if let Some(name) = known.filter(|_| self.pick(4) != 0) {
            self.out.push_str(&format!(" *n{name}"));
            self.end(path);
            return None;
        }
        if self.pick(3) != 0 {
            return Some(false);
        }
        // A name may come again, and means the last one then.
        let name = self.count % 4;
        self.count += 1;
        self.named.retain(|(other, _)| *other != name);
        self.named.push((name, value.clone()));
        self.out.push_str(&format!(" &n{name}"));
        Some(true)
    }

    fn value(&mut self, value: &Value, column: usize, path: &FieldPath) {
        if self.name(value, path).is_none() {
            return;
        }
        if self.is_block(value) {
            self.end(path);
            let deeper = if value.is_object() { self.step } else { self.dash };
            return self.lines(value, column + deeper, path, false);
        }
        self.inline(value, column, path);
    }

    fn item(&mut self, value: &Value, column: usize, path: &FieldPath) {
        let Some(named) = self.name(value, path) else { return };
        if self.is_block(value) {
            if named || self.pick(4) == 0 {
                self.end(path);
                return self.lines(value, column + 2, path, false);
            }
            let gap = 1 + self.pick(2);
            self.spaces(gap);
            return self.lines(value, column + 1 + gap, path, true);
        }
        self.inline(value, column, path);
    }

    fn inline(&mut self, value: &Value, column: usize, path: &FieldPath) {
        match value {
            Value::Null if self.pick(2) == 0 => {}
            Value::String(text) if text.contains('\n') => {
                let own = to_yaml(&serde_json::json!({ "k": text }));
                let indent = column + 1 + self.pick(3);
                let mut lines = own.lines();
                let head = lines.next().unwrap_or_default().trim_start_matches("k:");
                if head.contains(|c: char| c.is_ascii_digit()) || head.contains('"') {
                    let text = double(text);
                    self.out.push_str(&format!(" {text}"));
                } else {
                    self.out.push_str(head);
                    for line in lines {
                        self.out.push('\n');
                        let line = line.strip_prefix("  ").unwrap_or(line);
                        if !line.is_empty() {
                            self.spaces(indent);
                            self.out.push_str(line);
                        }
                    }
                    // Whether empty lines follow is for the next one to say.
                    return self.out.push('\n');
                }
            }
            Value::Object(_) | Value::Array(_) => {
                let text = self.flow(value);
                self.out.push(' ');
                self.out.push_str(&text);
            }
            _ => {
                let gap = 1 + self.pick(3) / 2;
                self.spaces(gap);
                let text = self.scalar(value, false);
                self.out.push_str(&text);
            }
        }
        self.end(path);
    }

    fn flow(&mut self, value: &Value) -> String {
        let entries: Vec<String> = match value {
            Value::Object(map) => {
                map.iter().map(|(key, value)| format!("{}: {}", double(key), self.flow(value))).collect()
            }
            Value::Array(list) => list.iter().map(|value| self.flow(value)).collect(),
            _ => return self.scalar(value, true),
        };
        let tail = if self.pick(6) == 0 && !entries.is_empty() { ", " } else { "" };
        let gap = if self.pick(2) == 0 { " " } else { "" };
        let body = entries.join(if self.pick(3) == 0 { " ,  " } else { ", " });
        if value.is_object() { format!("{{{gap}{body}{tail}}}") } else { format!("[{gap}{body}{tail}]") }
    }

    fn scalar(&mut self, value: &Value, flow: bool) -> String {
        match value {
            Value::String(text) => self.token(text, flow),
            _ => to_yaml(value).trim_matches('\n').to_owned(),
        }
    }

    fn token(&mut self, text: &str, quoted: bool) -> String {
        let plain = to_yaml(&serde_json::json!([text]));
        let plain = plain.trim_start_matches("- ").trim_end_matches('\n');
        let word = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
        match self.pick(4) {
            0 if text.chars().all(|c| (' '..='~').contains(&c)) => format!("'{}'", text.replace('\'', "''")),
            1 => double(text),
            _ if plain.starts_with('"') || (quoted && !word) || plain.contains('\n') => double(text),
            _ => plain.to_owned(),
        }
    }
}
