//! What is thought of all texts that differ in the values of their literals only, so that a text that never comes again costs a look-up too.
//!
//! A literal may decide: `'pg_authid'::regclass`, `set_config('role', …)`. So a shape holds for literals that stand where values are compared,
//! computed with, stored or given back ([`free`]), and wants all others as they were. And it is learnt from no client's values: two texts of
//! the same skeleton, with values of ours in the free places, are judged in full, and both have to come out the same.
//!
//! Then the text that is sent is the client's own, with the insertions that were proved for those two. Its tokens are the same but for what
//! its literals say, so PostgreSQL reads it as the same tree, and the proof holds for it.
//!
//! The same makes long texts bearable: megabytes in a literal aren't the grammar's to read.

mod free;
mod skeleton;
mod store;

use std::{
    borrow::Cow,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use self::{
    free::free_places,
    skeleton::{Class, Literal, Skeleton},
};
pub(super) use store::Shapes;

use super::{
    Ground, Isolation, Judged, Rewritten, Tenancy, Verdict, Whose,
    opinion::{Judgement, Opinion},
    rewrite::{KEY, Key, PositionMap, count},
};
use crate::sql::{
    lexer::is_space,
    parse::{MAX_BYTES, tree_of},
};

/// What a text of a shape is sent as.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Form {
    AsIs,
    Edited(Box<[Anchored]>),
}

/// An edit whose place hangs on the literal before it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Anchored {
    /// How many literals stand before it.
    literals: usize,
    /// How many bytes behind the last of these, or behind the text's beginning.
    offset: usize,
    /// How many bytes go.
    removed: usize,
    /// What comes, with holes for the key.
    text: Box<str>,
}

/// The opinion of all texts of a shape.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Shape {
    form: Form,
    judgement: Judgement,
}

impl Shape {
    /// Whether it holds for all tenants who may meet it. In the schema model, only those of its own schema and role do.
    fn is_for_all(&self, ground: &Ground) -> bool {
        !self.judgement.personal || ground.isolation == Isolation::Schema
    }

    /// What it takes of memory, about.
    fn weight(&self) -> usize {
        match &self.form {
            Form::AsIs => 0,
            Form::Edited(edits) => edits.iter().map(|edit| size_of::<Anchored>() + edit.text.len()).sum(),
        }
    }
}

/// A text whose literals are known.
pub(super) struct Shaped<'t> {
    text: &'t str,
    skeleton: Skeleton,
}

impl<'t> Shaped<'t> {
    /// Reads a text. `None` where it has no literals, or its tokens aren't certain.
    pub(super) fn read(text: &'t str, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Option<Shaped<'t>> {
        let tenancy = match tenancy {
            Tenancy::Literal => "L",
            Tenancy::Parameter { .. } => "P",
        };
        let prefix: Cow<'static, str> = match ground.isolation {
            Isolation::Schema => format!("{tenancy}{}\0{}\0", whose.schema.unwrap_or_default(), whose.role).into(),
            Isolation::Row { .. } | Isolation::Database => tenancy.into(),
        };
        let skeleton = Skeleton::read(prefix.as_bytes(), text.as_bytes())?;
        (!skeleton.literals.is_empty()).then_some(Shaped { text, skeleton })
    }

    fn literal(&self, index: usize) -> Option<&'t str> {
        self.text.get(self.skeleton.literals.get(index)?.span.clone())
    }

    /// How many bytes those literals have.
    fn weight_of(&self, literals: &[usize]) -> usize {
        literals.iter().filter_map(|&index| self.literal(index)).map(str::len).sum()
    }

    /// Judges a text that is too long for the grammar, or full of operators, if it is so in its free literals only.
    pub(super) fn judge_long(&self, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Option<Judged> {
        if self.skeleton.key.len() > MAX_BYTES {
            return None;
        }
        let fixed = self.fixed()?;
        let shape = self.learn(&fixed, ground, whose, tenancy)?;
        self.render(&shape, whose.key, tenancy)
    }

    /// Which literals may decide.
    fn fixed(&self) -> Option<Vec<usize>> {
        let sample = self.with_values(&[], sample_one)?;
        // The grammar's crate panics where it meets what it doesn't know.
        let places = catch_unwind(AssertUnwindSafe(|| free_places(&tree_of(&sample.text).ok()?))).ok()??;
        let text = sample.text.as_bytes();
        let is_free = |span: &Range<usize>| {
            let sign = || signed_at(text, span.start).is_some_and(|at| places.binary_search(&at).is_ok());
            places.binary_search(&span.start).is_ok() || sign()
        };
        let literals = sample.literals.iter().enumerate();
        Some(literals.filter(|(_, span)| !is_free(span)).map(|(index, _)| index).collect())
    }

    /// The opinion that holds whatever the free literals say; `None` where there is none.
    fn learn(&self, fixed: &[usize], ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Option<Shape> {
        let shape = |value: fn(Class) -> &'static str| {
            let sample = self.with_values(fixed, value)?;
            sample.shape(&Opinion::of(&sample.text, ground, whose, tenancy))
        };
        let one = shape(sample_one)?;
        let other = shape(sample_other)?;
        (one == other).then_some(one)
    }

    /// The text with samples in place of its literals, those excepted that are fixed.
    fn with_values(&self, fixed: &[usize], value: fn(Class) -> &'static str) -> Option<Sample> {
        let mut sample = Sample { text: String::with_capacity(self.skeleton.key.len() * 2), literals: Vec::new() };
        let mut done = 0;
        for (index, Literal { class, span }) in self.skeleton.literals.iter().enumerate() {
            sample.text.push_str(self.text.get(done..span.start)?);
            let start = sample.text.len();
            let is_fixed = fixed.binary_search(&index).is_ok();
            sample.text.push_str(if is_fixed { self.literal(index)? } else { value(*class) });
            sample.literals.push(start..sample.text.len());
            done = span.end;
        }
        sample.text.push_str(self.text.get(done..)?);
        Some(sample)
    }

    /// The judgement of a text of that shape.
    fn render(&self, shape: &Shape, key: &str, tenancy: Tenancy) -> Option<Judged> {
        let Judgement { personal, access, .. } = shape.judgement;
        let Form::Edited(edits) = &shape.form else {
            return Some(Judged { verdict: Verdict::AsIs, effects: None, bound: personal, access });
        };
        let number = shape.judgement.number(tenancy);
        let key = number.map_or(Key::Literal(key), Key::Parameter).render();
        let mut holes = 0;
        let mut sent = Sent::new(self.text, edits.iter().map(|edit| edit.text.len()).sum::<usize>() + 8 * key.len());
        for edit in edits {
            sent.keep_to(self.place(edit)?)?;
            holes += sent.edit(edit, &key)?;
        }
        let (text, map) = sent.finish()?;
        let bound = personal || (holes > 0 && number.is_none());
        let tenant_parameter = number.filter(|_| holes > 0);
        Some(Judged { verdict: Verdict::Rewritten(Arc::new(Rewritten { text, map, tenant_parameter })), effects: None, bound, access })
    }

    fn place(&self, edit: &Anchored) -> Option<usize> {
        let from = match edit.literals.checked_sub(1) {
            Some(last) => self.skeleton.literals.get(last)?.span.end,
            None => 0,
        };
        Some(from + edit.offset)
    }
}

/// A text with values of ours.
struct Sample {
    text: String,
    literals: Vec<Range<usize>>,
}

impl Sample {
    /// What an opinion of it means for all texts of its skeleton. `None` for refusals, which may name what they refuse, and where the text
    /// does something to its session.
    fn shape(&self, opinion: &Opinion) -> Option<Shape> {
        let (judgement, template) = opinion.without_effects()?;
        let form = match template {
            None => Form::AsIs,
            Some(template) => {
                let edits = template.insertions().map(|edit| {
                    let edit = edit?;
                    self.anchored(edit.client, edit.text)
                });
                Form::Edited(edits.collect::<Option<_>>()?)
            }
        };
        Some(Shape { form, judgement })
    }

    /// `None` for an edit that touches a literal.
    fn anchored(&self, client: Range<usize>, text: &str) -> Option<Anchored> {
        let literals = self.literals.partition_point(|span| span.end <= client.start);
        if self.literals.get(literals).is_some_and(|next| next.start < client.end || next.start < client.start) {
            return None;
        }
        let from = literals.checked_sub(1).and_then(|last| self.literals.get(last)).map_or(0, |last| last.end);
        Some(Anchored { literals, offset: client.start - from, removed: client.len(), text: text.into() })
    }
}

/// The text that will be sent, as far as it is there, and the way back from its positions.
struct Sent<'t> {
    client: &'t str,
    done: usize,
    text: String,
    /// Of the sent text.
    characters: u32,
    shifts: Vec<(u32, u32, u32)>,
}

impl<'t> Sent<'t> {
    fn new(client: &'t str, added: usize) -> Self {
        Sent { client, done: 0, text: String::with_capacity(client.len() + added), characters: 0, shifts: Vec::with_capacity(4) }
    }

    fn keep_to(&mut self, to: usize) -> Option<()> {
        let kept = self.client.get(self.done..to)?;
        self.text.push_str(kept);
        self.characters = self.characters.saturating_add(count(kept));
        self.done = to;
        Some(())
    }

    /// Puts an edit here, and the key into its holes, whose number is given back.
    fn edit(&mut self, edit: &Anchored, key: &str) -> Option<usize> {
        let removed = self.client.get(self.done..self.done + edit.removed)?;
        let start = self.text.len();
        let mut holes = 0;
        for (index, piece) in edit.text.split(KEY).enumerate() {
            if index > 0 {
                self.text.push_str(key);
                holes += 1;
            }
            self.text.push_str(piece);
        }
        let length = count(self.text.get(start..)?);
        self.shifts.push((self.characters, length, count(removed)));
        self.characters = self.characters.saturating_add(length);
        self.done += edit.removed;
        Some(holes)
    }

    fn finish(mut self) -> Option<(Box<str>, PositionMap)> {
        self.text.push_str(self.client.get(self.done..)?);
        Some((self.text.into(), PositionMap::with_removals(self.shifts)))
    }
}

/// Where the sign of the number stands that begins at that place.
fn signed_at(text: &[u8], start: usize) -> Option<usize> {
    let before = text.get(..start)?;
    let sign = before.iter().rposition(|byte| !is_space(*byte))?;
    (before.get(sign) == Some(&b'-')).then_some(sign)
}

fn sample_one(class: Class) -> &'static str {
    match class {
        Class::String => "'a'",
        Class::Int4 => "7",
        Class::Int8 => "9000000000",
        Class::Decimal => "1.5",
    }
}

/// Values that would decide if anything looked at them.
fn sample_other(class: Class) -> &'static str {
    match class {
        Class::String => "'pg_authid'",
        Class::Int4 => "0",
        Class::Int8 => "3000000000",
        Class::Decimal => "0.0",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
