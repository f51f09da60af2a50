//! Whose request it is: the address that limits count by.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// CloudFront's header with address and port of the viewer
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html>).
const VIEWER_ADDRESS: HeaderName = HeaderName::from_static("cloudfront-viewer-address");

/// Where the address of a client is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAddress {
    /// It is the connection's other end. If that is one of these proxies, it is in X-Forwarded-For.
    Connection {
        /// The proxies.
        trusted_proxies: Vec<IpAddr>,
    },
    /// It is in CloudFront-Viewer-Address. Anybody can send that header, so all requests have to come by CloudFront, which
    /// overwrites it.
    CloudFrontViewerAddress,
}

impl Default for ClientAddress {
    fn default() -> Self {
        Self::Connection { trusted_proxies: Vec::new() }
    }
}

/// Whose request it is. All addresses of an IPv6 network (/64) belong to one household or host, so they are one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// An IPv4 address, or the first address of an IPv6 /64.
    Network(IpAddr),
    /// Someone behind a proxy that the service was not told of. The address is the proxy's.
    BehindUnknownProxy(IpAddr),
    /// It cannot be known. All such requests count as those of one client, so that nobody avoids a limit by leaving out a
    /// header.
    Unknown,
}

impl Client {
    /// The network that a limit for each client counts by.
    pub(crate) fn network(self) -> IpAddr {
        match self {
            Self::Network(network) | Self::BehindUnknownProxy(network) => network,
            Self::Unknown => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        }
    }
}

impl ClientAddress {
    /// The client of a request. The connection's other end is known with
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    pub(crate) fn of(&self, request: &Request) -> Client {
        match self {
            Self::CloudFrontViewerAddress => {
                viewer(request.headers()).map_or(Client::Unknown, |address| Client::Network(network(address)))
            }
            Self::Connection { trusted_proxies } => match request.extensions().get::<ConnectInfo<SocketAddr>>() {
                Some(ConnectInfo(peer)) => connected(peer.ip().to_canonical(), request.headers(), trusted_proxies),
                None => Client::Unknown,
            },
        }
    }
}

fn connected(peer: IpAddr, headers: &HeaderMap, trusted_proxies: &[IpAddr]) -> Client {
    let address = forwarded(peer, headers, trusted_proxies);
    if is_inside(peer) && !trusted_proxies.contains(&peer) && headers.contains_key(X_FORWARDED_FOR) {
        // Only a proxy, or somebody inside, connects from such an address.
        return Client::BehindUnknownProxy(network(address));
    }
    Client::Network(network(address))
}

/// The address of the client: the peer's, or if that is a trusted proxy, the last address in X-Forwarded-For that is not a
/// trusted proxy's. Anybody can have written those before it.
fn forwarded(peer: IpAddr, headers: &HeaderMap, trusted_proxies: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    if !trusted_proxies.contains(&client) {
        return client;
    }
    let forwarded = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let mut hops =
        forwarded.flat_map(|value| value.to_str().unwrap_or_default().rsplit(',')).map(|hop| hop.trim().parse());
    while trusted_proxies.contains(&client) {
        match hops.next() {
            Some(Ok(hop)) => client = IpAddr::to_canonical(&hop),
            _ => break,
        }
    }
    client
}

/// Whether an address is of this host or of a private network.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// The address of CloudFront's header: `198.51.100.10:46532`, `2001:db8::1:46532` as CloudFront writes it, or
/// `[2001:db8::1]:46532`. What comes after the last colon is the port. `None` unless the header is there once.
fn viewer(headers: &HeaderMap) -> Option<IpAddr> {
    let mut values = headers.get_all(VIEWER_ADDRESS).iter();
    let (only, None) = (values.next()?, values.next()) else { return None };
    let (address, port) = only.to_str().ok()?.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    let address = match address.strip_prefix('[') {
        Some(rest) => IpAddr::V6(rest.strip_suffix(']')?.parse().ok()?),
        None => address.parse().ok()?,
    };
    Some(address.to_canonical())
}

/// The network that counts as one client.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn headers(name: &'static str, values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let [a, b, c] = ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"].map(ip);
        assert_eq!(network(a), network(b));
        assert_ne!(network(a), network(c));
    }

    #[test]
    fn x_forwarded_for_is_read_from_a_trusted_proxy_only() {
        #[track_caller]
        fn check(trusted: &[&str], peer: &str, forwarded: &[&'static str], expected: &str) {
            let trusted: Vec<IpAddr> = trusted.iter().map(|proxy| ip(proxy)).collect();
            let client = connected(ip(peer).to_canonical(), &headers("x-forwarded-for", forwarded), &trusted);
            assert_eq!(client, Client::Network(ip(expected)), "{peer} {forwarded:?}");
        }
        check(&[], "192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check(&["10.0.0.1"], "192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check(&["10.0.0.1"], "10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check(&["10.0.0.1"], "::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check(&["10.0.0.1"], "10.0.0.1", &["6.6.6.6, 198.51.100.7"], "198.51.100.7");
        check(&["10.0.0.1"], "10.0.0.1", &["6.6.6.6", "198.51.100.7"], "198.51.100.7");
        check(&["10.0.0.1", "10.0.0.2"], "10.0.0.1", &["6.6.6.6, 198.51.100.7, 10.0.0.2"], "198.51.100.7");
        check(&["10.0.0.1"], "10.0.0.1", &[], "10.0.0.1");
        check(&["10.0.0.1"], "10.0.0.1", &["6.6.6.6, unknown"], "10.0.0.1");
        check(&["10.0.0.1"], "10.0.0.1", &["10.9.9.9"], "10.9.9.9");
    }

    #[test]
    fn a_proxy_that_was_not_named_is_not_taken_for_a_client() {
        let forwarded = headers("x-forwarded-for", &["198.51.100.7"]);
        for (peer, is_proxy) in
            [("127.0.0.1", true), ("::1", true), ("10.1.2.3", true), ("fd00::1", true), ("192.0.2.1", false)]
        {
            let client = connected(ip(peer), &forwarded, &[]);
            let network = network(ip(peer));
            let expected = if is_proxy { Client::BehindUnknownProxy(network) } else { Client::Network(network) };
            assert_eq!(client, expected, "{peer}");
            assert_eq!(connected(ip(peer), &HeaderMap::new(), &[]), Client::Network(network), "{peer}");
        }
    }

    #[test]
    fn cloudfronts_header_is_read_in_all_its_forms_and_only_if_it_was_said_so() {
        let client = |address: &ClientAddress, values: &[&'static str]| {
            let mut request = Request::new(Body::empty());
            *request.headers_mut() = headers("cloudfront-viewer-address", values);
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1))));
            address.of(&request)
        };
        for (value, expected) in [
            ("198.51.100.10:46532", "198.51.100.10"),
            ("2001:db8::1:46532", "2001:db8::"),
            ("[2001:db8::1]:46532", "2001:db8::"),
            ("2001:db8:1:2:3:4:5:6:46532", "2001:db8:1:2::"),
            ("[::ffff:198.51.100.10]:1", "198.51.100.10"),
        ] {
            let expected = Client::Network(ip(expected));
            assert_eq!(client(&ClientAddress::CloudFrontViewerAddress, &[value]), expected, "{value}");
            assert_eq!(client(&ClientAddress::default(), &[value]), Client::Network(ip("192.0.2.1")), "{value}");
        }
        for wrong in [
            "",
            "198.51.100.10",
            ":46532",
            "198.51.100.10:x",
            "198.51.100.10:65536",
            "[198.51.100.10]:1",
            "[2001:db8::1:1",
        ] {
            assert_eq!(client(&ClientAddress::CloudFrontViewerAddress, &[wrong]), Client::Unknown, "{wrong}");
        }
        let twice = ["198.51.100.10:1", "198.51.100.11:1"];
        assert_eq!(client(&ClientAddress::CloudFrontViewerAddress, &twice), Client::Unknown);
        assert_eq!(client(&ClientAddress::CloudFrontViewerAddress, &[]), Client::Unknown);
    }
}
