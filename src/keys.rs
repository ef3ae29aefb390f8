//! What is derived from a shard's `role_key`: the passwords of tenant roles, and from those the keys of their scopes, as keyed hashes
//! (HMAC-SHA256, RFC 2104), so that nothing has to be stored per tenant and nobody without the key can compute them.

use aws_lc_rs::hmac;

/// The password of a tenant's database role: `hex(HMAC-SHA256(role_key, role))`, 64 lower-case digits.
///
/// Operators may compute it themselves, for example `printf %s "$role" | openssl dgst -sha256 -hmac "$role_key"`.
pub fn role_password(role_key: &str, role: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, role_key.as_bytes());
    hex::encode(hmac::sign(&key, role.as_bytes()))
}

/// What keeps a tenant's channels and advisory locks apart from others' in a database that they share:
/// HMAC-SHA256(password of the tenant's database role, `pgtenant.scope`, a NUL byte, the tenant's id). It tells nothing of the password,
/// and a tenant that learns its own knows nothing of others'.
#[derive(Clone, PartialEq, Eq)]
pub struct ScopeKey([u8; 32]);

impl ScopeKey {
    /// The key of a tenant.
    pub fn new(role_password: &str, tenant: &str) -> Self {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, role_password.as_bytes()));
        context.update(b"pgtenant.scope\0");
        context.update(tenant.as_bytes());
        let mut key = [0; 32];
        key.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        ScopeKey(key)
    }

    /// The key itself.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for ScopeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScopeKey(..)")
    }
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
