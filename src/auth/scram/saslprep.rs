//! SASLprep as PostgreSQL does it: `pg_saslprep` in `src/common/saslprep.c`.
//!
//! RFC 4013 prohibits characters of the *normalised* text. PostgreSQL, libpq and so every stored verifier look at the text before normalisation, which differs
//! for a few hundred characters (U+0340 is refused though it normalises to U+0300; U+2135 counts as left-to-right though it becomes the letter alef).

use std::borrow::Cow;

use stringprep::tables;
use unicode_normalization::UnicodeNormalization;

/// The text that keys are derived from: prepared, or as it is where PostgreSQL can't prepare it.
pub(super) fn prepare(password: &str) -> Cow<'_, str> {
    if password.is_ascii() {
        return Cow::Borrowed(password);
    }
    let mapped: Vec<char> = password
        .chars()
        .map(|c| if tables::non_ascii_space_character(c) { ' ' } else { c })
        .filter(|c| !tables::commonly_mapped_to_nothing(*c))
        .collect();
    if mapped.is_empty() || mapped.iter().any(|c| is_prohibited(*c)) || mixes_directions(&mapped) {
        return Cow::Borrowed(password);
    }
    Cow::Owned(mapped.into_iter().nfkc().collect())
}

/// RFC 4013, section 2.3, and unassigned code points (2.5).
fn is_prohibited(c: char) -> bool {
    tables::non_ascii_space_character(c)
        || tables::ascii_control_character(c)
        || tables::non_ascii_control_character(c)
        || tables::private_use(c)
        || tables::non_character_code_point(c)
        || tables::surrogate_code(c)
        || tables::inappropriate_for_plain_text(c)
        || tables::inappropriate_for_canonical_representation(c)
        || tables::change_display_properties_or_deprecated(c)
        || tables::tagging_character(c)
        || tables::unassigned_code_point(c)
}

/// RFC 3454, section 6: right-to-left text must be nothing else, from its first character to its last.
fn mixes_directions(text: &[char]) -> bool {
    let right_to_left = |c: Option<&char>| c.is_some_and(|c| tables::bidi_r_or_al(*c));
    text.iter().any(|c| right_to_left(Some(c)))
        && (text.iter().any(|c| tables::bidi_l(*c)) || !right_to_left(text.first()) || !right_to_left(text.last()))
}
