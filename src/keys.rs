//! What is derived from a shard's `role_key`: the passwords of tenant roles, and names that don't betray a tenant.
//!
//! Both are keyed hashes (HMAC-SHA256, RFC 2104), so nothing has to be stored per tenant and nobody without the key can compute them.

use aws_lc_rs::hmac;

/// Keeps opaque names apart from passwords: whoever reads a name in `pg_roles` has learned no part of any password.
const OPAQUE_NAME_DOMAIN: &[u8] = b"pgtenant opaque name\0";

/// Bytes of the hash that an opaque name shows, two hex digits each.
const OPAQUE_NAME_BYTES: usize = 8;

/// The password of a tenant's database role: `hex(HMAC-SHA256(role_key, role))`, 64 lower-case digits.
///
/// Operators may compute it themselves, for example `printf %s "$role" | openssl dgst -sha256 -hmac "$role_key"`.
pub fn role_password(role_key: &str, role: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, role_key.as_bytes());
    hex::encode(hmac::sign(&key, role.as_bytes()))
}

/// What `{opaque}` stands for in a template of roles, schemas or databases: 16 lower-case hex digits of a keyed hash of the tenant's id.
pub fn opaque_name(role_key: &str, tenant: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, role_key.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(OPAQUE_NAME_DOMAIN);
    context.update(tenant.as_bytes());
    let mut name = hex::encode(context.sign());
    name.truncate(OPAQUE_NAME_BYTES * 2);
    name
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

    #[test]
    fn opaque_names_are_short_stable_and_unlike_passwords() {
        let name = opaque_name("key", "acme");
        assert_eq!(name, opaque_name("key", "acme"));
        assert_eq!(name.len(), 16);
        assert!(name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
        assert_ne!(name, opaque_name("key", "acme2"));
        assert_ne!(name, opaque_name("other", "acme"));
        assert!(!role_password("key", "acme").starts_with(&name));
    }

    #[test]
    fn an_opaque_name_is_a_keyed_hash_with_a_domain() {
        assert_eq!(opaque_name("key", "acme"), role_password("key", "pgtenant opaque name\0acme")[..16]);
    }
}
