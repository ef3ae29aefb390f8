//! What is derived from a shard's `role_key`: the passwords of tenant roles, as keyed hashes (HMAC-SHA256, RFC 2104), so that
//! nothing has to be stored per tenant and nobody without the key can compute them.

use aws_lc_rs::hmac;

/// The password of a tenant's database role: `hex(HMAC-SHA256(role_key, role))`, 64 lower-case digits.
///
/// Operators may compute it themselves, for example `printf %s "$role" | openssl dgst -sha256 -hmac "$role_key"`.
pub fn role_password(role_key: &str, role: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, role_key.as_bytes());
    hex::encode(hmac::sign(&key, role.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_password_is_the_documented_hmac() {
        // RFC 4231, test case 2.
        assert_eq!(
            role_password("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
