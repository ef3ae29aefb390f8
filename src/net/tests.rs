#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    fs,
    future::poll_fn,
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    process::{self, Command},
    sync::mpsc,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use socket2::SockRef;
use tokio::runtime::{Builder, Runtime};

use super::*;

const LIMIT: Duration = Duration::from_secs(5);

pub(super) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    runtime().block_on(async { tokio::time::timeout(Duration::from_secs(60), future).await.unwrap() })
}

/// Two ends of a connection over loopback: the connecting one and the accepted one.
pub(super) async fn tcp_pair() -> (Stream, Stream) {
    let mut listener = Listener::bind_tcp("127.0.0.1:0".parse().unwrap(), &SocketOptions::default(), false).unwrap();
    let target = Target::Tcp("127.0.0.1".into(), listener.address().unwrap().port());
    let (client, accepted) = tokio::join!(connect(&target, LIMIT), listener.accept());
    (client.unwrap(), accepted.unwrap().open().await.unwrap())
}

#[test]
fn a_peer_that_takes_no_bytes_for_long_is_not_cut_off() {
    block_on(async {
        let (client, server) = tcp_pair().await;
        for stream in [&client, &server] {
            let fd = stream.fd().unwrap();
            assert_eq!(SockRef::from(&fd).tcp_user_timeout().unwrap(), None);
        }
    });
}

#[test]
fn tcp_both_families_and_inherited_options() {
    block_on(async {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let options = SocketOptions {
                keepalive: Some(KeepAlive { idle: Duration::from_secs(77), interval: Duration::from_secs(7), probes: 5 }),
                user_timeout: Some(Duration::from_millis(12_345)),
            };
            let mut listener = match Listener::bind_tcp(address.parse().unwrap(), &options, false) {
                Ok(listener) => listener,
                // A machine without IPv6.
                Err(_) if address.starts_with('[') => continue,
                Err(error) => panic!("{error}"),
            };
            let bound = listener.address().unwrap();
            let target = Target::Tcp(bound.ip().to_string().into(), bound.port());
            let (client, accepted) = tokio::join!(connect_with(&target, &options, LIMIT), listener.accept());
            let (mut client, accepted) = (client.unwrap(), accepted.unwrap());
            assert!(!accepted.proxied);
            let from = accepted.address.unwrap();
            let mut server = accepted.socket.into_stream().unwrap();
            assert_eq!(server.peer(), &Peer::Tcp(from));
            assert_eq!(client.peer(), &Peer::Tcp(bound));
            for stream in [&client, &server] {
                let fd = stream.fd().unwrap();
                let socket = SockRef::from(&fd);
                assert!(socket.tcp_nodelay().unwrap());
                assert!(socket.keepalive().unwrap());
                assert_eq!(socket.tcp_keepalive_time().unwrap(), Duration::from_secs(77));
                assert_eq!(socket.tcp_keepalive_interval().unwrap(), Duration::from_secs(7));
                assert_eq!(socket.tcp_keepalive_retries().unwrap(), 5);
                assert_eq!(socket.tcp_user_timeout().unwrap(), options.user_timeout);
                assert!(!stream.is_tls() && stream.tls_info().is_none());
            }
            client.write_all(b"hello").await.unwrap();
            let mut buf = [0; 16];
            assert_eq!(server.read_some(&mut buf).await.unwrap(), 5);
            client.shutdown().await.unwrap();
            assert_eq!(server.read_some(&mut buf).await.unwrap(), 0);
        }
    });
}

#[test]
fn address_in_use_is_named() {
    block_on(async {
        let listener = Listener::bind_tcp("127.0.0.1:0".parse().unwrap(), &SocketOptions::default(), false).unwrap();
        let error = Listener::bind_tcp(listener.address().unwrap(), &SocketOptions::default(), false).unwrap_err();
        assert!(error.to_string().contains(&listener.address().unwrap().to_string()), "{error}");
    });
}

#[test]
fn accepted_here_served_there() {
    let (hand_over, taken) = mpsc::channel::<Accepted>();
    let worker = thread::spawn(move || {
        let accepted = taken.recv().unwrap();
        block_on(async {
            let mut stream = accepted.open().await.unwrap();
            let mut buf = [0; 16];
            let read = stream.read_some(&mut buf).await.unwrap();
            stream.write_all(&buf[..read]).await.unwrap();
        });
    });
    block_on(async {
        let mut listener = Listener::bind_tcp("127.0.0.1:0".parse().unwrap(), &SocketOptions::default(), false).unwrap();
        let target = Target::Tcp("127.0.0.1".into(), listener.address().unwrap().port());
        let (client, accepted) = tokio::join!(connect(&target, LIMIT), listener.accept());
        hand_over.send(accepted.unwrap()).unwrap();
        let mut client = client.unwrap();
        client.write_all(b"ping").await.unwrap();
        let mut buf = [0; 16];
        assert_eq!(client.read_some(&mut buf).await.unwrap(), 4);
    });
    worker.join().unwrap();
}

#[test]
fn proxied_connections_carry_their_client() {
    block_on(async {
        let mut listener = Listener::bind_tcp("127.0.0.1:0".parse().unwrap(), &SocketOptions::default(), true).unwrap();
        let target = Target::Tcp("127.0.0.1".into(), listener.address().unwrap().port());
        for (sent, peer) in
            [(&b"PROXY TCP4 192.0.2.9 10.0.0.1 4000 5432\r\nrest"[..], Some("192.0.2.9:4000")), (b"PROXY UNKNOWN\r\nrest", None)]
        {
            let mut client = connect(&target, LIMIT).await.unwrap();
            client.write_all(sent).await.unwrap();
            let accepted = listener.accept().await.unwrap();
            assert!(accepted.proxied);
            let own = accepted.address.unwrap();
            let mut server = accepted.open().await.unwrap();
            assert_eq!(server.peer().address().unwrap(), peer.map_or(own, |peer| peer.parse().unwrap()));
            let mut buf = [0; 16];
            let read = server.read_some(&mut buf).await.unwrap();
            assert_eq!(&buf[..read], b"rest");
        }
        let mut client = connect(&target, LIMIT).await.unwrap();
        client.write_all(b"\0\0\0\x08\x04\xd2\x16\x2f").await.unwrap();
        assert!(matches!(listener.accept().await.unwrap().open().await, Err(OpenError::Proxy(_))));
    });
}

async fn quiet_after_event(stream: &mut Stream) -> Quiet {
    for _ in 0..1000 {
        match stream.try_peek_closed() {
            Quiet::Yes => tokio::time::sleep(Duration::from_millis(1)).await,
            other => return other,
        }
    }
    Quiet::Yes
}

#[test]
fn quiet_streams() {
    block_on(async {
        let (client, mut server) = tcp_pair().await;
        check_quiet(client, &mut server).await;
    });
}

pub(super) async fn check_quiet(mut client: Stream, server: &mut Stream) {
    assert_eq!(server.try_peek_closed(), Quiet::Yes);
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(server.try_peek_closed(), Quiet::Yes);
    client.write_all(b"N: restart soon").await.unwrap();
    assert_eq!(quiet_after_event(server).await, Quiet::Bytes(b"N: restart soon".to_vec()));
    assert_eq!(server.try_peek_closed(), Quiet::Yes);
    // It goes on as an ordinary stream.
    client.write_all(b"ok").await.unwrap();
    let mut buf = [0; 8];
    assert_eq!(server.read_some(&mut buf).await.unwrap(), 2);
    // Also while it belongs to no runtime.
    server.detach().unwrap();
    assert_eq!(server.try_peek_closed(), Quiet::Yes);
    client.write_all(b"hi").await.unwrap();
    assert_eq!(quiet_after_event(server).await, Quiet::Bytes(b"hi".to_vec()));
    server.attach().unwrap();
    client.write_all(b"E: bye").await.unwrap();
    drop(client);
    assert_eq!(quiet_after_event(server).await, Quiet::Bytes(b"E: bye".to_vec()));
    assert_eq!(quiet_after_event(server).await, Quiet::Closed);
}

#[test]
fn a_detached_stream_refuses_and_survives() {
    let runtime = runtime();
    let (mut client, mut server) = runtime.block_on(tcp_pair());
    server.detach().unwrap();
    server.detach().unwrap();
    let mut buf = [0; 8];
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(server.poll_read(&mut cx, &mut buf), Poll::Ready(Err(_))));
    assert!(matches!(server.poll_write(&mut cx, b"x"), Poll::Ready(Err(_))));
    assert!(matches!(server.poll_read_ready(&mut cx), Poll::Ready(Err(_))));
    assert!(server.attach().is_err(), "outside a runtime");
    runtime.block_on(async {
        server.attach().unwrap();
        server.attach().unwrap();
        // Written at once, although the runtime hasn't looked at the socket yet.
        assert!(matches!(server.poll_write(&mut cx, b"first"), Poll::Ready(Ok(5))));
        assert!(matches!(server.poll_write(&mut cx, b"second"), Poll::Ready(Ok(6))));
        let mut read = [0; 11];
        client.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"firstsecond");
    });
}

/// The bytes that an end sends: different at each position, so that nothing lost or doubled goes unseen.
fn stamp(position: usize) -> u8 {
    u8::try_from((position * 31 + position / 251) % 256).unwrap()
}

/// Lets `stream` hop between two runtimes on two threads while its peer echoes what it sends.
pub(super) fn hop_in_traffic(make: impl AsyncFnOnce() -> (Stream, Stream) + Send + 'static) {
    const TOTAL: usize = 3_000_000;
    let (to_peer, peer_takes) = mpsc::channel::<Stream>();
    let echo = thread::spawn(move || {
        let mut stream = peer_takes.recv().unwrap();
        block_on(async {
            stream.attach().unwrap();
            let mut buf = vec![0; 20_000];
            loop {
                match stream.read_some(&mut buf).await.unwrap() {
                    0 => return stream.shutdown().await.unwrap(),
                    read => stream.write_all(&buf[..read]).await.unwrap(),
                }
            }
        });
    });
    let (to_a, a_takes) = mpsc::channel::<Option<(Stream, usize, usize)>>();
    let (to_b, b_takes) = mpsc::channel();
    let hops = thread::scope(|scope| {
        let worker = |takes: mpsc::Receiver<Option<(Stream, usize, usize)>>, gives: mpsc::Sender<Option<(Stream, usize, usize)>>| {
            move || {
                let runtime = runtime();
                let mut hops = 0;
                while let Ok(Some((mut stream, mut sent, mut received))) = takes.recv() {
                    let done = runtime.block_on(async {
                        stream.attach().unwrap();
                        hops += 1;
                        let until = sent + 1 + (hops * 7919) % 40_000;
                        let done = relay_some(&mut stream, &mut sent, &mut received, until.min(TOTAL), TOTAL).await;
                        if done {
                            stream.shutdown().await.unwrap();
                        }
                        stream.detach().unwrap();
                        done
                    });
                    if done {
                        let _ = gives.send(None);
                        break;
                    }
                    gives.send(Some((stream, sent, received))).unwrap();
                }
                hops
            }
        };
        let first = scope.spawn(worker(a_takes, to_b));
        let second = scope.spawn(worker(b_takes, to_a.clone()));
        let (mut moving, mut peer) = block_on(make());
        moving.detach().unwrap();
        peer.detach().unwrap();
        to_peer.send(peer).unwrap();
        to_a.send(Some((moving, 0, 0))).unwrap();
        first.join().unwrap() + second.join().unwrap()
    });
    echo.join().unwrap();
    assert!(hops > 20, "only {hops} hops");
}

/// Sends up to `until`, reading what comes meanwhile, and leaves bytes under way. True once all has come back.
async fn relay_some(stream: &mut Stream, sent: &mut usize, received: &mut usize, until: usize, total: usize) -> bool {
    let mut buf = vec![0; 7000];
    poll_fn(|cx| {
        loop {
            let mut progress = false;
            if *sent < until {
                let piece: Vec<u8> = (*sent..until.min(*sent + 9000)).map(stamp).collect();
                if let Poll::Ready(written) = stream.poll_write(cx, &piece) {
                    *sent += written.unwrap();
                    progress = true;
                }
            }
            let flushed = stream.poll_flush(cx).map(Result::unwrap).is_ready();
            if let Poll::Ready(ready) = stream.poll_read_ready(cx) {
                ready.unwrap();
                if let Poll::Ready(read) = stream.poll_read(cx, &mut buf) {
                    let read = read.unwrap();
                    assert!(read > 0, "ended at {received}");
                    for byte in &buf[..read] {
                        assert_eq!(*byte, stamp(*received), "at {received}");
                        *received += 1;
                    }
                    progress = true;
                }
            }
            if *received == total {
                return Poll::Ready(true);
            }
            // Moves on with bytes under way, in both directions, but with nothing that only this side can push on.
            if *sent == until && *sent < total && flushed {
                return Poll::Ready(false);
            }
            if !progress {
                return Poll::Pending;
            }
        }
    })
    .await
}

#[test]
fn plain_streams_hop_in_traffic() {
    hop_in_traffic(tcp_pair);
}

#[test]
fn unix_sockets() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let mut listener = Listener::bind_unix(directory.path(), 6432).unwrap();
        let path = directory.path().join(".s.PGSQL.6432");
        assert_eq!(listener.path(), Some(&*path));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o777);
        let lock = fs::read_to_string(directory.path().join(".s.PGSQL.6432.lock")).unwrap();
        assert_eq!(lock.trim().parse(), Ok(process::id()));
        let target = Target::new(directory.path().to_str().unwrap(), 6432);
        assert!(target.is_unix());
        let (client, accepted) = tokio::join!(connect(&target, LIMIT), listener.accept());
        let (mut client, accepted) = (client.unwrap(), accepted.unwrap());
        assert!(accepted.address.is_none() && accepted.socket.is_unix());
        let mut server = accepted.open().await.unwrap();
        let Peer::Unix(peer) = *server.peer() else { panic!("not a Unix peer") };
        assert_eq!(peer.pid, i32::try_from(process::id()).ok());
        assert_eq!(peer.uid, fs::metadata("/proc/self").unwrap().uid());
        let mut buf = [0; 16];
        let mut peeking = Box::pin(server.peek(&mut buf[..1]));
        assert!(tokio::time::timeout(Duration::from_millis(5), &mut peeking).await.is_err());
        client.write_all(b"hello").await.unwrap();
        assert_eq!(peeking.await.unwrap(), 1);
        assert_eq!(server.read_some(&mut buf).await.unwrap(), 5);
        assert_eq!(&buf[..5], b"hello");
        check_quiet(client, &mut server).await;
        drop(listener);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    });
}

#[test]
fn unix_streams_hop_in_traffic() {
    hop_in_traffic(async || {
        let directory = tempfile::tempdir().unwrap();
        let mut listener = Listener::bind_unix(directory.path(), 1).unwrap();
        let target = Target::Unix(listener.path().unwrap().to_owned());
        let (client, accepted) = tokio::join!(connect(&target, LIMIT), listener.accept());
        (client.unwrap(), accepted.unwrap().open().await.unwrap())
    });
}

#[test]
fn who_may_take_a_unix_path() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(".s.PGSQL.5432");
        // Ours, alive.
        let listener = Listener::bind_unix(directory.path(), 5432).unwrap();
        assert!(matches!(Listener::bind_unix(directory.path(), 5432), Err(BindError::InUse { .. })));
        assert!(path.exists());
        drop(listener);
        // Somebody else's, alive, without a lock of our kind.
        let other = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert!(matches!(Listener::bind_unix(directory.path(), 5432), Err(BindError::InUse { .. })));
        assert!(path.exists());
        assert!(!directory.path().join(".s.PGSQL.5432.lock").exists());
        // Left behind by a process that died: std doesn't remove the file.
        drop(other);
        assert!(path.exists());
        // A process that another test forks has a copy of the socket until it has become a program of its own.
        let mut taken = Listener::bind_unix(directory.path(), 5432);
        for _ in 0..100 {
            if taken.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            taken = Listener::bind_unix(directory.path(), 5432);
        }
        let listener = taken.unwrap();
        // Somebody has put another socket there: it stays when we go.
        fs::remove_file(&path).unwrap();
        let other = std::os::unix::net::UnixListener::bind(&path).unwrap();
        drop(listener);
        assert!(path.exists());
        drop(other);
        // A file that is no socket is nobody's to delete.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "precious").unwrap();
        assert!(matches!(Listener::bind_unix(directory.path(), 5432), Err(BindError::NotASocket { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        // Errors of the path.
        let long = directory.path().join("x".repeat(100));
        assert!(matches!(Listener::bind_unix(&long, 5432), Err(BindError::TooLong { .. })));
        assert!(matches!(Listener::bind_unix(&directory.path().join("none"), 5432), Err(BindError::Unix { .. })));
    });
}

#[test]
fn connecting_fails_in_time_and_by_name() {
    block_on(async {
        let listener = Listener::bind_tcp("127.0.0.1:0".parse().unwrap(), &SocketOptions::default(), false).unwrap();
        let port = listener.address().unwrap().port();
        drop(listener);
        let refused = connect(&Target::new("127.0.0.1", port), LIMIT).await.err().unwrap();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        let missing = connect(&Target::new("/nowhere", 1), LIMIT).await.err().unwrap();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        // A Unix listener that accepts nobody: its backlog fills up, then connecting must time out, not fail or hang.
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("full");
        let _full = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None)
            .and_then(|socket| socket.bind(&socket2::SockAddr::unix(&path)?).and_then(|()| socket.listen(0)).map(|()| socket))
            .unwrap();
        let target = Target::Unix(path);
        let mut held = Vec::new();
        let timed_out = loop {
            let began = Instant::now();
            match connect(&target, Duration::from_millis(100)).await {
                Ok(stream) => held.push(stream),
                Err(error) => break (error, began.elapsed()),
            }
        };
        assert!(timed_out.1 >= Duration::from_millis(90), "{timed_out:?}");
        assert_eq!(Target::new("::1", 5).to_string(), "[::1]:5");
        assert_eq!(Target::new("/run/", 5).to_string(), "/run/.s.PGSQL.5");
    });
}

/// The body of the next test, in a process of its own with few descriptors.
#[test]
#[ignore = "runs inside descriptors_run_out"]
fn descriptors_run_out_child() {
    block_on(async {
        let mut listener = Listener::bind_tcp("127.0.0.1:0".parse().unwrap(), &SocketOptions::default(), false).unwrap();
        let address = listener.address().unwrap();
        let clients: Vec<_> = (0..4).map(|_| std::net::TcpStream::connect(address).unwrap()).collect();
        let mut hogs = Vec::new();
        while let Ok(file) = fs::File::open("/dev/null") {
            hogs.push(file);
        }
        let (user_before, began) = (cpu_ticks(&mut hogs), Instant::now());
        let waited = tokio::time::timeout(Duration::from_millis(1000), listener.accept()).await;
        assert!(waited.is_err(), "accepted without a descriptor?");
        let spent = cpu_ticks(&mut hogs) - user_before;
        assert!(spent <= 5, "{spent} ticks of CPU in {:?}", began.elapsed());
        hogs.clear();
        for _ in &clients {
            tokio::time::timeout(Duration::from_secs(1), listener.accept()).await.unwrap().unwrap();
        }
    });
}

/// This process's CPU time in ticks of 10 ms; gives up a descriptor to read it.
fn cpu_ticks(hogs: &mut Vec<fs::File>) -> u64 {
    hogs.pop();
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    hogs.push(fs::File::open("/dev/null").unwrap());
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn descriptors_run_out() {
    let status = Command::new("sh")
        .arg("-c")
        .arg("ulimit -n 64; exec \"$0\" --exact net::tests::descriptors_run_out_child --ignored --test-threads=1")
        .arg(std::env::current_exe().unwrap())
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&status.stdout);
    assert!(status.status.success() && output.contains("1 passed"), "{output}{}", String::from_utf8_lossy(&status.stderr));
}
