//! Tenants by the thousand: `acme,t{1..1000}`.

/// Nobody means more than that.
const MOST: usize = 1_000_000;

/// Why a pattern stands for nobody.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum NamesError {
    /// An empty name.
    #[error("{0:?} has an empty name in it")]
    Empty(String),
    /// Braces that aren't `{1..9}`.
    #[error("{0:?}: expected {{FIRST..LAST}} with two numbers in the braces")]
    Braces(String),
    /// The other way around, or too many.
    #[error("{0:?} stands for no tenant, or for more than {MOST}")]
    Count(String),
}

/// The names that a list of patterns stands for, in its order.
pub(super) fn expand(list: &str) -> Result<Vec<String>, NamesError> {
    let mut names = Vec::new();
    for pattern in list.split(',').map(str::trim) {
        expand_one(pattern, &mut names)?;
        if names.len() > MOST {
            return Err(NamesError::Count(list.to_owned()));
        }
    }
    Ok(names)
}

fn expand_one(pattern: &str, names: &mut Vec<String>) -> Result<(), NamesError> {
    if pattern.is_empty() {
        return Err(NamesError::Empty(pattern.to_owned()));
    }
    let Some((before, rest)) = pattern.split_once('{') else {
        names.push(pattern.to_owned());
        return Ok(());
    };
    let wrong = || NamesError::Braces(pattern.to_owned());
    let (range, after) = rest.split_once('}').ok_or_else(wrong)?;
    let (first, last) = range.split_once("..").ok_or_else(wrong)?;
    if after.contains(['{', '}']) {
        return Err(wrong());
    }
    let number = |text: &str| text.parse::<usize>().map_err(|_| wrong());
    let (from, to) = (number(first)?, number(last)?);
    if to < from || to - from >= MOST {
        return Err(NamesError::Count(pattern.to_owned()));
    }
    // `{001..100}` keeps its zeros.
    let width = if first.starts_with('0') { first.len() } else { 0 };
    names.extend((from..=to).map(|number| format!("{before}{number:0width$}{after}")));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_tenants() {
        let texts = |list| expand(list).map_err(|error| error.to_string());
        assert_eq!(texts("acme, globex").unwrap(), ["acme", "globex"]);
        assert_eq!(texts("t{9..11}").unwrap(), ["t9", "t10", "t11"]);
        assert_eq!(texts("a{08..10}z,b").unwrap(), ["a08z", "a09z", "a10z", "b"]);
        assert_eq!(texts("t{1..100000}").unwrap().len(), 100_000);
        for wrong in ["", "a,,b", "t{1..", "t{1-3}", "t{3..1}", "t{1..2}{1..2}", "t{a..b}", "t{0..1000000}"] {
            assert!(texts(wrong).is_err(), "{wrong}");
        }
    }
}
