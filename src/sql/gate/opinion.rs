//! What is thought of a text before the tenant's key is put in: the work that a cache saves.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use pg_raw_parse::StmtList;

use super::{
    Access, Ground, Isolation, Judged, Rewritten, Tenancy, Verdict, Whose, access,
    aliens::Sightings,
    failures,
    policy::Policy,
    rewrite::{self, Key, Template},
};
use crate::{
    error::{Report, SqlState},
    sql::{
        outcome::{TextEffects, effects_of, effects_of_tree},
        parse::tree_of,
    },
};

/// A text's judgement, with a hole where the key goes.
#[derive(Debug)]
pub(super) struct Opinion {
    form: Form,
    effects: TextEffects,
    judgement: Judgement,
}

/// How an opinion goes with tenants and their keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Judgement {
    /// The highest number of a parameter in the text.
    pub(super) parameters: u16,
    /// The key has to stand in the text, whatever is asked.
    pub(super) literal_only: bool,
    /// It holds for this tenant only, whatever the key.
    pub(super) personal: bool,
    /// What a server must be able to do for it.
    pub(super) access: Access,
}

impl Judgement {
    /// The number of the parameter that brings the key.
    pub(super) fn number(self, tenancy: Tenancy) -> Option<u16> {
        match tenancy {
            Tenancy::Parameter { declared } if !self.literal_only => self.parameters.max(declared).checked_add(1),
            _ => None,
        }
    }
}

#[derive(Debug)]
enum Form {
    AsIs,
    Template(Template),
    Refused(Arc<Report>),
}

impl Opinion {
    /// Reads and judges a text.
    pub(super) fn of(text: &str, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Opinion {
        // The grammar's crate panics where it meets what it doesn't know.
        let opinion = catch_unwind(AssertUnwindSafe(|| Opinion::form(text, ground, whose, tenancy)));
        opinion.unwrap_or_else(|_| Opinion::refusal(failures::not_understood(), ground))
    }

    fn form(text: &str, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Opinion {
        let tree = match tree_of(text) {
            Ok(tree) => tree,
            Err(failure) => return Opinion::refusal(failures::report(&failure, text), ground),
        };
        let mut own_edits = Vec::new();
        let mut policy = Policy {
            ground,
            whose: *whose,
            text,
            edits: &mut own_edits,
            parameters: 0,
            personal: Cell::new(own_schema_counts(ground)),
            sightings: Sightings::default(),
        };
        // Only the simple protocol takes several statements at once.
        let several = tree.iter().nth(1).is_some();
        let mut edits = Vec::new();
        let mut literal_only = several;
        for statement in tree.iter() {
            let tenancy = if several { Tenancy::Literal } else { tenancy };
            literal_only |= rewrite::tenancy_of(statement.stmt(), tenancy) == Tenancy::Literal;
            let judged = policy.check(statement).and_then(|()| rewrite::rewrite(statement, text, ground, whose, tenancy, &mut edits));
            if let Err(report) = judged {
                let personal = policy.personal.get();
                let refusal = Opinion::refusal(failures::in_characters(report, text), ground);
                return Opinion { judgement: Judgement { personal, ..refusal.judgement }, ..refusal };
            }
        }
        let (parameters, personal) = (policy.parameters, policy.personal.get());
        // Where both begin at one place, what the rewrite puts around holds more.
        edits.append(&mut own_edits);
        let effects = effects_of_tree(&tree, text);
        let access = match access::of_tree(&tree, text, ground, whose) {
            Access::Reads if effects.is_some() => Access::Anything,
            access => access,
        };
        let judgement = Judgement { parameters, literal_only, personal, access };
        if edits.is_empty() {
            return Opinion { form: Form::AsIs, effects, judgement };
        }
        let Some(template) = Template::new(text, edits) else { return Opinion::refusal(failures::not_understood(), ground) };
        let opinion = Opinion { form: Form::Template(template), effects, judgement };
        match opinion.prove(&tree, ground, whose, tenancy) {
            Ok(()) => opinion,
            Err(report) => Opinion::refusal(report, ground),
        }
    }

    /// Reads the text that will be sent as the server will.
    fn prove(&self, tree: &StmtList, ground: &Ground, whose: &Whose<'_>, tenancy: Tenancy) -> Result<(), Report> {
        let Form::Template(template) = &self.form else { return Ok(()) };
        let key = self.judgement.number(tenancy).map_or(Key::Literal(whose.key), Key::Parameter);
        let (sent, _) = template.render(key);
        rewrite::verify(tree, template, key, &sent, ground, whose)
    }

    fn refusal(report: Report, ground: &Ground) -> Opinion {
        let form = Form::Refused(Arc::new(report));
        let judgement = Judgement { parameters: 0, literal_only: false, personal: own_schema_counts(ground), access: Access::Anything };
        Opinion { form, effects: None, judgement }
    }

    /// The judgement for one tenant.
    pub(super) fn render(&self, key: &str, tenancy: Tenancy) -> Judged {
        let Judgement { personal, access, .. } = self.judgement;
        let template = match &self.form {
            Form::AsIs => return Judged { verdict: Verdict::AsIs, effects: self.effects.clone(), bound: personal, access },
            Form::Refused(report) => return Judged { verdict: Verdict::Refused(report.clone()), effects: None, bound: personal, access },
            Form::Template(template) => template,
        };
        let number = self.judgement.number(tenancy);
        let (text, map) = template.render(number.map_or(Key::Literal(key), Key::Parameter));
        // Effects name places in the text that is sent.
        let effects = self.effects.as_ref().and_then(|_| effects_of(text.as_bytes()));
        let has_key = template.has_key();
        let bound = personal || (has_key && number.is_none());
        let tenant_parameter = number.filter(|_| has_key);
        Judged { verdict: Verdict::Rewritten(Arc::new(Rewritten { text, map, tenant_parameter })), effects, bound, access }
    }

    /// Whether the text is refused for its length or complexity.
    pub(super) fn is_beyond_limits(&self) -> bool {
        matches!(&self.form, Form::Refused(report) if report.state == SqlState::PROGRAM_LIMIT_EXCEEDED)
    }

    /// Whether it holds for one tenant only, whatever the key.
    pub(super) fn is_personal(&self) -> bool {
        self.judgement.personal
    }

    /// How it goes with tenants, and its template if it has one; `None` where the text may not run, or does something to its session.
    pub(super) fn without_effects(&self) -> Option<(Judgement, Option<&Template>)> {
        match &self.form {
            _ if self.effects.is_some() => None,
            Form::AsIs => Some((self.judgement, None)),
            Form::Template(template) => Some((self.judgement, Some(template))),
            Form::Refused(_) => None,
        }
    }

    /// What it takes of a cache's memory, about.
    pub(super) fn weight(&self) -> usize {
        match &self.form {
            Form::AsIs => 0,
            Form::Template(template) => template.weight(),
            Form::Refused(_) => 256,
        }
    }
}

/// Whether names of the tenant's own schema may decide.
fn own_schema_counts(ground: &Ground) -> bool {
    matches!(ground.isolation, Isolation::Schema)
}
