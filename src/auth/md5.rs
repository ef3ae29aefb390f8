//! PostgreSQL's md5 passwords, both directions: `src/common/md5_common.c`, `pg_md5_encrypt`; manual, 55.2.1.
//!
//! Kept for old clients and servers. A stored hash is as good as the password, which SCRAM's verifiers are not.

use std::fmt;

use aws_lc_rs::constant_time;
use md5::{Digest, Md5};

use super::{NoRandomness, random};

/// Digits of an MD5 hash.
const DIGITS: usize = 32;
const PREFIX: &str = "md5";

/// A text that is not a stored md5 password.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an md5 password: expected \"md5\" and 32 lower-case hex digits")]
pub struct Md5Error;

/// What is kept of a password: `md5(password || login)`. Answers challenges and checks answers.
#[derive(Clone, PartialEq, Eq)]
pub struct Md5Secret {
    digits: [u8; DIGITS],
    /// False for the stand-in of an unknown login, which no answer satisfies.
    genuine: bool,
}

impl Md5Secret {
    /// Reads the form that PostgreSQL stores: `get_password_type` in `src/backend/libpq/crypt.c`.
    ///
    /// # Errors
    /// [`Md5Error`] for anything but `md5` and 32 digits from `0123456789abcdef`.
    pub fn parse(text: &str) -> Result<Self, Md5Error> {
        let digits = text.strip_prefix(PREFIX).ok_or(Md5Error)?.as_bytes();
        let digits: [u8; DIGITS] = digits.try_into().map_err(|_| Md5Error)?;
        let lower_hex = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        lower_hex.then_some(Md5Secret { digits, genuine: true }).ok_or(Md5Error)
    }

    /// The stored form of a login's password.
    pub fn from_password(password: &str, login: &str) -> Self {
        Md5Secret { digits: hash(password.as_bytes(), login.as_bytes()), genuine: true }
    }

    /// The stand-in for a login that doesn't exist: it takes as long to check, and no answer is right.
    pub fn mock(login: &str, process_secret: &[u8; 32]) -> Self {
        Md5Secret { digits: hash(process_secret, login.as_bytes()), genuine: false }
    }

    /// A salt for `AuthenticationMD5Password`.
    ///
    /// # Errors
    /// [`NoRandomness`]; the login can't be asked.
    pub fn salt() -> Result<[u8; 4], NoRandomness> {
        random()
    }

    /// What a client says to a server's `AuthenticationMD5Password`: the text of `PasswordMessage`, without its NUL.
    pub fn answer(&self, salt: [u8; 4]) -> String {
        let mut answer = String::with_capacity(PREFIX.len() + DIGITS);
        answer.push_str(PREFIX);
        answer.extend(hash(&self.digits, &salt).map(char::from));
        answer
    }

    /// Whether a client's `PasswordMessage` (without its NUL) answers the salt. `false` for a wrong password and for an unknown login alike.
    #[must_use]
    pub fn accepts(&self, salt: [u8; 4], answer: &[u8]) -> bool {
        let equal = constant_time::verify_slices_are_equal(self.answer(salt).as_bytes(), answer).is_ok();
        equal & self.genuine
    }
}

/// The form that PostgreSQL stores.
impl fmt::Display for Md5Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        f.write_str(std::str::from_utf8(&self.digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Md5Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Md5Secret(..)")
    }
}

/// Hex digits of the hash of `text` followed by `salt`.
fn hash(text: &[u8], salt: &[u8]) -> [u8; DIGITS] {
    let hash = Md5::new().chain_update(text).chain_update(salt).finalize();
    let mut digits = [b'0'; DIGITS];
    // Cannot fail: twice as many digits as bytes.
    let _ = hex::encode_to_slice(hash, &mut digits);
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Made by PostgreSQL 15: `SET password_encryption = md5; CREATE ROLE m1 PASSWORD 'correct horse battery staple'`.
    const STORED: &str = "md569d658838a03aa961a53c9567541caa5";

    #[test]
    fn stored_form_is_postgresqls() {
        let made = Md5Secret::from_password("correct horse battery staple", "m1");
        assert_eq!(made.to_string(), STORED);
        assert_eq!(Md5Secret::parse(STORED), Ok(made));
    }

    #[test]
    fn only_the_stored_form_is_read() {
        for text in [
            "",
            "md5",
            "md569D658838A03AA961A53C9567541CAA5",
            &STORED[1..],
            &STORED[..34],
            &format!("{STORED}0"),
            "md5gggggggggggggggggggggggggggggggg",
        ] {
            assert_eq!(Md5Secret::parse(text), Err(Md5Error), "{text}");
        }
    }

    #[test]
    fn answer_is_the_protocols() {
        // concat('md5', md5(concat(md5(concat(password, login)), salt))), computed with md5sum.
        let secret = Md5Secret::from_password("correct horse battery staple", "m1");
        assert_eq!(secret.answer(*b"abcd"), ANSWER);
        assert!(secret.accepts(*b"abcd", ANSWER.as_bytes()));
        assert!(!secret.accepts(*b"abce", ANSWER.as_bytes()));
        assert!(!secret.accepts(*b"abcd", STORED.as_bytes()));
        assert!(!secret.accepts(*b"abcd", b""));
    }
    const ANSWER: &str = "md5fbeb655236a20bac72826433689ecb59";

    #[test]
    fn nothing_satisfies_a_mock() {
        let mock = Md5Secret::mock("nobody", &[7; 32]);
        assert!(!mock.accepts(*b"abcd", mock.answer(*b"abcd").as_bytes()));
        assert_eq!(mock, Md5Secret::mock("nobody", &[7; 32]));
    }

    #[test]
    fn salts_differ() {
        let salts: std::collections::HashSet<_> = (0..64).map(|_| Md5Secret::salt().unwrap()).collect();
        assert!(salts.len() > 60);
    }

    proptest! {
        #[test]
        fn only_the_right_password_is_accepted(password: String, other: String, login: String, salt: [u8; 4], noise: Vec<u8>) {
            let secret = Md5Secret::from_password(&password, &login);
            let client = Md5Secret::from_password(&other, &login);
            prop_assert!(secret.accepts(salt, secret.answer(salt).as_bytes()));
            prop_assert_eq!(secret.accepts(salt, client.answer(salt).as_bytes()), password == other);
            prop_assert!(!secret.accepts(salt, &noise));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}|md5[0-9a-f]{30,34}") {
            if let Ok(secret) = Md5Secret::parse(&text) {
                prop_assert_eq!(secret.to_string(), text);
            }
        }
    }
}
