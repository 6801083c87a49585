//! Fields at the wrong level: where they belong, and how they get there.

use super::{Walk, types::fits};
use crate::{
    FieldPath,
    doctor::{
        meaning::whole_lines,
        read::{Key, Node, Shape},
        text::ByteEdit,
    },
    schema::Type,
};

/// Levels that a field is looked for below its place.
const DOWN: usize = 3;

/// Where a field belongs.
pub(super) struct Place<'a> {
    pub(super) path: FieldPath,
    /// The map to put it into, where it stands in the text.
    pub(super) target: Option<&'a Node>,
}

/// The place of a field that its map does not have: the nearest map around it that does, else the one map
/// below that does.
pub(super) fn place_of<'a>(walk: &Walk<'a>, key: &Key, member: &'a Node) -> Option<Place<'a>> {
    let name = key.text.as_str();
    let takes = |ty: &str| {
        let field = walk.known.schema.fields(ty)?.fields.get(name)?;
        fits(member, &field.ty).then_some(())
    };
    let (here, around) = walk.around.split_last()?;
    for above in around.iter().rev() {
        if takes(above.ty).is_some() {
            return Some(Place { path: above.path.clone(), target: Some(above.node) });
        }
    }
    let mut level = vec![(here.ty, Some(here.node), here.path.clone())];
    for _ in 0..DOWN {
        let mut next = Vec::new();
        for (ty, node, path) in level {
            let Some(fields) = walk.known.schema.fields(ty) else { continue };
            for (below, field) in &fields.fields {
                // What the cluster reports is no place to write to.
                if matches!(&**below, "status" | "managedFields") {
                    continue;
                }
                let there = node.and_then(|node| node.get(below)).map(|(_, node)| node);
                match &field.ty {
                    Type::Struct(ty) => next.push((&**ty, there, path.key(&**below))),
                    Type::List(item, _) => {
                        let (Type::Struct(ty), Some(Node { shape: Shape::List(items), .. })) =
                            (&**item, there)
                        else {
                            continue;
                        };
                        // Into which of several elements nobody can say.
                        if let [one] = items.as_slice() {
                            next.push((&**ty, Some(one), path.key(&**below).index(0)));
                        }
                    }
                    _ => {}
                }
            }
        }
        let mut found: Vec<_> = next.iter().filter(|(ty, ..)| takes(ty).is_some()).collect();
        // A map that is there is meant rather than one that would have to be made.
        if found.iter().any(|(_, node, _)| node.is_some()) {
            found.retain(|(_, node, _)| node.is_some());
        }
        match found.as_slice() {
            [] => level = next,
            [(_, node, path)] => return Some(Place { path: path.clone(), target: *node }),
            // Several maps have such a field.
            _ => return None,
        }
        if level.len() > 500 {
            return None;
        }
    }
    None
}

/// The edits that move a field with all its lines into a map: only where whole lines move, something stays
/// behind, and the map has a line of its own to put it before.
pub(super) fn edits<'a>(walk: &Walk<'a>, key: &Key, member: &Node, target: &Node) -> Option<Vec<ByteEdit>> {
    let (here, _) = walk.around.split_last()?;
    let (Shape::Map(rest), Shape::Map(members)) = (&here.node.shape, &target.shape) else { return None };
    let stays = rest.iter().any(|(other, _)| other.start != key.start);
    let own = member.is_null() || member.start >= key.end;
    if !stays || !own || target.get(&key.text).is_some() || walk.text.contains('\t') {
        return None;
    }
    let mut end = member.end.max(key.end);
    if walk.text.get(member.start..)?.starts_with(['{', '[']) {
        // The reader ends what stands in brackets with its last element. No other brackets can close here.
        let rest = walk.text.get(end..)?;
        end += rest.len() - rest.trim_start_matches([' ', ',', '}', ']']).len();
        end = walk.text.get(..end)?.trim_end_matches(' ').len();
    }
    let removal = whole_lines(walk.text, walk.lines, key.start, end)?;
    let from = indent_at(walk.text, key.start)?;
    let (before, indent) = members.iter().find_map(|(other, _)| {
        let indent = indent_at(walk.text, other.start)?;
        let clear = other.start < removal.start || other.start >= removal.end;
        clear.then_some((other.start - indent, indent))
    })?;
    let moved = walk.text.get(removal.start..removal.end)?;
    let mut out = String::with_capacity(moved.len() + 64);
    for line in moved.split_inclusive('\n') {
        let content = line.trim_start_matches(' ');
        let deep = line.len() - content.len();
        if content.trim().is_empty() {
            out.push_str(content);
            continue;
        }
        out.extend(std::iter::repeat_n(' ', indent + deep.checked_sub(from)?));
        out.push_str(content);
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    let insert = ByteEdit::insert(before, out);
    let mut edits = vec![insert, removal];
    edits.sort_by_key(|edit| edit.start);
    // Edits that touch would become one.
    (edits[0].end < edits[1].start).then_some(edits)
}

/// How far a place is indented, if nothing but spaces stands before it on its line.
fn indent_at(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let line = before.rsplit(['\n', '\r']).next()?;
    line.bytes().all(|byte| byte == b' ').then_some(line.len())
}
