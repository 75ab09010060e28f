//! `grotto catalog serve`: the site from memory, at an address of this machine.
//!
//! Only what the site has is answered: an address is looked up in its list of pages and never in a file system.

use super::{ServeArgs, load};
use crate::Ending;
use crate::setup;
use grotto_catalog::site::{Options, POLICY, Query, Site};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// How many connections are open at once; further ones wait.
const CONNECTIONS: usize = 128;

/// How long the head of a request may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may last.
const LIFE: Duration = Duration::from_secs(300);

/// The longest head of a request, in bytes.
const HEAD: usize = 16 * 1024;

/// Runs the command. It ends when it is interrupted.
pub(super) fn run(args: &ServeArgs) -> std::io::Result<Ending> {
    let Some(loaded) = load::catalog(&args.source) else { return Ok(Ending::Wrong) };
    let rules = loaded.catalog.rules.len();
    let options = Options { base_url: args.source.base_url.clone() };
    let (site, diagnostics) = Site::new(Arc::new(loaded.catalog), options);
    for diagnostic in &diagnostics {
        setup::report(diagnostic, args.source.common.color);
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_io().enable_time().build()?;
    let ended: std::io::Result<()> = runtime.block_on(async {
        let listener = TcpListener::bind(args.listen).await?;
        setup::say(&format!("{rules} rules at http://{}/", listener.local_addr()?));
        listen(listener, Arc::new(site)).await
    });
    if let Err(error) = ended {
        setup::say(&format!("error: can't listen at {}: {error}", args.listen));
        return Ok(Ending::Wrong);
    }
    Ok(Ending::Done)
}

/// Takes connections, a bounded number at a time.
async fn listen(listener: TcpListener, site: Arc<Site>) -> std::io::Result<()> {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return Ok(()) };
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, or a caller that is gone: the next may be better.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| {
                let response = answer(&site, request.method(), request.uri().path(), request.uri().query());
                async move { Ok::<_, Infallible>(response) }
            });
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(HEAD);
            let connection = server.serve_connection(TokioIo::new(stream), service);
            // What a caller does wrong is the caller's loss.
            let _ = tokio::time::timeout(LIFE, connection).await;
            drop(place);
        });
    }
}

/// What a request gets.
fn answer(site: &Site, method: &Method, path: &str, query: Option<&str>) -> Response<Full<Bytes>> {
    if method != Method::GET && method != Method::HEAD {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD.\n");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let path = path.trim_start_matches('/');
    let (status, made, name) = if path.is_empty() || path == "index.html" {
        (StatusCode::OK, site.index(&Query::parse(query.unwrap_or(""))), "index.html")
    } else if let Some(page) = site.find(path) {
        (StatusCode::OK, site.make(page), page.path.as_str())
    } else if site.find(&format!("{path}/")).is_some() {
        return moved(&format!("/{path}/"));
    } else if let Some(page) = site.find("404.html") {
        (StatusCode::NOT_FOUND, site.make(page), "404.html")
    } else {
        return plain(StatusCode::NOT_FOUND, "Not found.\n");
    };
    let Ok(body) = made else { return plain(StatusCode::INTERNAL_SERVER_ERROR, "The page can't be made.\n") };
    let kept = if name.starts_with("assets/") || name.starts_with("data/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let length = body.len();
    let mut response = Response::new(Full::from(if method == Method::HEAD { Vec::new() } else { body }));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    careful(response)
}

/// An answer of a few words.
fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    careful(response)
}

/// The address of a folder, which ends with `/`.
fn moved(to: &str) -> Response<Full<Bytes>> {
    let mut response = plain(StatusCode::MOVED_PERMANENTLY, "");
    if let Ok(value) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// With the headers that keep a page to itself.
fn careful(mut response: Response<Full<Bytes>>) -> Response<Full<Bytes>> {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// What kind of file it is, by the ending of its name.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "xml" if name.starts_with("feed") => "application/atom+xml; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
