//! The hash of a request's body, which AWS wants from browsers where CloudFront signs requests for them.

use sha2::{Digest, Sha256};

/// The header that it is sent in.
pub const X_AMZ_CONTENT_SHA256: &str = "x-amz-content-sha256";

/// The SHA-256 of a body, in hexadecimal digits ([origin access control for Lambda function
/// URLs](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html)).
pub fn content_sha256(body: &str) -> String {
    let digit = |value: u8| char::from(value + if value < 10 { b'0' } else { b'a' - 10 });
    Sha256::digest(body.as_bytes()).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_standard() {
        // FIPS 180-4's example.
        assert_eq!(content_sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
