//! What a schema tells: fields that a kind does not have, stand at the wrong level or are missing, values of
//! the wrong type, and kinds that a group version does not have.

mod moves;
mod near;
mod types;

use super::{
    Fix,
    meaning::Span,
    read::{Key, Node, Shape},
    text::{self, ByteEdit},
};
use crate::{
    FieldPath, Severity, Text,
    schema::{Fields, Known, Schemas, Type},
    words::doctor as words,
};

/// Findings of one document; who has more mends these first.
const MAX_FINDINGS: usize = 100;
/// Unknown fields of one document for which another name or place is looked for.
const MAX_SEARCHES: usize = 40;

/// Everything that the schemas tell about one readable document. What others found at the same place is
/// theirs to tell.
pub(super) fn fields(text: &str, root: &Node, schemas: &Schemas, found: &mut Vec<Fix>) {
    let (Some(version), Some(kind)) = (root.text("apiVersion"), root.text("kind")) else { return };
    let Some(known) = schemas.of(version) else { return };
    let lines = text::lines(text);
    let mut walk = Walk { text, lines: &lines, known, around: Vec::new(), fixes: Vec::new(), searches: 0 };
    match known.schema.kind(version, kind) {
        Some(name) => walk.object(root, name),
        None => walk.unknown_kind(root, version, kind),
    }
    for fix in walk.fixes {
        if fix.code == "boolean-expected" {
            // What YAML 1.1 takes for a truth value is one here: no quotes.
            found.retain(|other| other.code != "yaml-1-1-boolean" || !touches(other, &fix));
        }
        if !found.iter().any(|other| touches(other, &fix)) {
            found.push(fix);
        }
    }
}

/// Whether two findings of different sources are about one place.
fn touches(one: &Fix, other: &Fix) -> bool {
    let is_ours = |fix: &Fix| OURS.contains(&fix.code);
    !(is_ours(one) && is_ours(other)) && one.start < other.end && other.start < one.end
}

/// Codes of this part.
const OURS: [&str; 10] = [
    "unknown-kind",
    "misspelt-field",
    "misplaced-field",
    "unknown-field",
    "missing-field",
    "wrong-type",
    "boolean-expected",
    "number-expected",
    "string-expected",
    "unknown-value",
];

/// A map around the place at hand.
struct Around<'a> {
    node: &'a Node,
    /// The name of its type.
    ty: &'a str,
    path: FieldPath,
}

struct Walk<'a> {
    text: &'a str,
    lines: &'a [Span],
    known: Known<'a>,
    around: Vec<Around<'a>>,
    fixes: Vec<Fix>,
    searches: usize,
}

impl<'a> Walk<'a> {
    fn object(&mut self, root: &'a Node, ty: &'a str) {
        self.map(root, ty, FieldPath::root(), None);
    }

    /// How sure it is: the recorded schema may be older than the cluster.
    fn severity(&self) -> Severity {
        if self.known.own { Severity::Error } else { Severity::Warning }
    }

    fn tell(&mut self, fix: Fix) {
        // Text that an anchor brings to several places is told once.
        let told = self.fixes.iter().any(|other| other.start == fix.start && other.text == fix.text);
        if self.fixes.len() < MAX_FINDINGS && !told {
            self.fixes.push(fix);
        }
    }

    fn full(&self) -> bool {
        self.fixes.len() >= MAX_FINDINGS
    }

    /// The object's kind is none of its group version's.
    fn unknown_kind(&mut self, root: &Node, version: &str, kind: &str) {
        let Some((_, node)) = root.get("kind") else { return };
        let Some(kinds) = self.known.schema.kinds(version) else { return };
        // A group version whose kinds nobody can write says nothing of others.
        let kinds: Vec<&str> = kinds.collect();
        if kinds.is_empty() {
            return;
        }
        let elsewhere: Vec<&str> = crate::schema::recorded().versions_of(kind).collect();
        let fix = |text| Fix::new("unknown-kind", self.severity(), node.start, node.end, text);
        let fix = match near::nearest(kind, kinds.iter().copied()) {
            Some(near) => fix(Text::new(&words::DOCTOR_UNKNOWN_KIND_NEAR, [kind, version, near]))
                .mend(&words::DOCTOR_REPLACE, vec![ByteEdit::new(node.start, node.end, near)]),
            None => match elsewhere.as_slice() {
                [right] => fix(Text::new(&words::DOCTOR_WRONG_VERSION, [kind, version, right])),
                _ => fix(Text::new(&words::DOCTOR_UNKNOWN_KIND, [kind, version])),
            },
        };
        self.tell(fix);
    }

    fn value(&mut self, node: &'a Node, ty: &'a Type, path: FieldPath, key: Option<&'a Key>) {
        if node.is_null() || self.full() {
            return;
        }
        match (ty, &node.shape) {
            (Type::Any, _) => {}
            (Type::Struct(name), Shape::Map(_)) => self.map(node, name, path, key),
            (Type::Map(item), Shape::Map(members)) => {
                for (key, member) in members {
                    self.value(member, item, path.key(&*key.text), Some(key));
                }
            }
            (Type::List(item, _), Shape::List(items)) => {
                for (index, member) in items.iter().enumerate() {
                    // An item that an alias brings stands elsewhere, and so does what can be said of it.
                    self.value(member, item, path.index(index), None);
                }
            }
            _ => {
                let own = key.is_none_or(|key| node.start >= key.end);
                if let Some(mut fix) = types::check(self.text, node, ty, &path, self.severity()) {
                    if !own {
                        fix.edits.clear();
                    }
                    self.tell(fix);
                }
            }
        }
    }

    fn map(&mut self, node: &'a Node, ty: &'a str, path: FieldPath, key: Option<&'a Key>) {
        let Shape::Map(members) = &node.shape else {
            self.tell(types::mismatch(node, &crate::words::errors::TYPE_MAP, &path));
            return;
        };
        let known = self.known;
        let Some(fields) = known.schema.fields(ty) else { return };
        self.around.push(Around { node, ty, path: path.clone() });
        let is_root = self.around.len() == 1;
        for (key, member) in members {
            match fields.fields.get(&*key.text) {
                // What the cluster reports, and who wrote what: never sent.
                Some(_) if is_root && key.text == "status" || key.text == "managedFields" => {}
                Some(field) => self.value(member, &field.ty, path.key(&*key.text), Some(key)),
                None if fields.open || self.full() || (is_root && key.text == "status") => {}
                None => self.unknown(fields, key, member),
            }
        }
        self.missing(fields, node, &path, key, is_root);
        self.around.pop();
    }

    fn missing(&mut self, fields: &Fields, node: &Node, path: &FieldPath, key: Option<&Key>, is_root: bool) {
        // Built-in kinds check this by rules of their own, which know exceptions; those of definitions do not.
        let severity = if self.known.own && self.is_custom() { Severity::Error } else { Severity::Warning };
        let required = fields.fields.iter().filter(|(_, field)| field.required);
        for (name, _) in required {
            let named = is_root && ["apiVersion", "kind", "metadata", "status"].contains(&&**name);
            if named || node.get(name).is_some_and(|(_, member)| !member.is_null()) {
                continue;
            }
            let (start, end) = match key {
                Some(key) => (key.start, key.end),
                None => (node.start, first_line(self.text, node)),
            };
            let place = path.to_string();
            let text = if place.is_empty() {
                Text::new(&words::DOCTOR_MISSING_FIELD_TOP, [&**name])
            } else {
                Text::new(&words::DOCTOR_MISSING_FIELD, [&**name, &place])
            };
            self.tell(Fix::new("missing-field", severity, start, end, text));
        }
    }

    /// Whether the kind is not one of Kubernetes' own.
    fn is_custom(&self) -> bool {
        let version = self.around.first().and_then(|root| root.node.text("apiVersion")).unwrap_or_default();
        crate::schema::recorded().kinds(version).is_none()
    }

    /// A field that the type does not have.
    fn unknown(&mut self, fields: &Fields, key: &'a Key, member: &'a Node) {
        let severity = self.severity();
        let fix = |code, text| Fix::new(code, severity, key.start, key.end, text);
        self.searches += 1;
        let name = key.text.as_str();
        let here = self.around.last().map(|around| around.path.to_string()).unwrap_or_default();
        if self.searches <= MAX_SEARCHES {
            let taken =
                |other: &str| self.around.last().is_some_and(|around| around.node.get(other).is_some());
            let names = fields.fields.iter().filter(|(_, field)| types::fits(member, &field.ty));
            let near = near::nearest(name, names.map(|(name, _)| &**name));
            let same = near.filter(|near| near.eq_ignore_ascii_case(name));
            let elsewhere = if same.is_some() { None } else { moves::place_of(self, key, member) };
            if let Some(place) = elsewhere {
                let path = place.path.to_string();
                let text = if path.is_empty() {
                    Text::new(&words::DOCTOR_MISPLACED_TOP, [name])
                } else {
                    Text::new(&words::DOCTOR_MISPLACED, [name, &path])
                };
                let edits = place.target.and_then(|target| moves::edits(self, key, member, target));
                let fix = fix("misplaced-field", text);
                self.tell(match edits {
                    Some(edits) => fix.mend(&words::DOCTOR_MOVE, edits),
                    None => fix,
                });
                return;
            }
            if let Some(near) = near {
                let fix = fix("misspelt-field", Text::new(&words::DOCTOR_MISSPELT, [name, near]));
                let written = self.text.get(key.start..key.end) == Some(name);
                self.tell(if written && !taken(near) {
                    fix.mend(&words::DOCTOR_REPLACE, vec![ByteEdit::new(key.start, key.end, near)])
                } else {
                    fix
                });
                return;
            }
        }
        let text = if here.is_empty() {
            Text::new(&words::DOCTOR_UNKNOWN_FIELD_TOP, [name])
        } else {
            Text::new(&words::DOCTOR_UNKNOWN_FIELD, [name, &here])
        };
        self.tell(fix("unknown-field", text));
    }
}

/// The end of a node's first line.
fn first_line(text: &str, node: &Node) -> usize {
    let line = text.get(node.start..node.end.max(node.start)).unwrap_or_default();
    node.start + line.lines().next().unwrap_or_default().trim_end().len()
}
