//! An endpoint that tells callers what they have used, and a plan that changes while the server runs.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example usage_endpoint
//! ```
//!
//! Asking costs nothing. An upgrade keeps what was spent. It prints:
//!
//! ```text
//! two calls: 200 OK, 200 OK
//! usage: "requests":{"used":2,"limit":3,"remaining":1},"executions":{"used":1,"limit":10,"remaining":9}
//! two calls: 200 OK, 429 Too Many Requests
//! usage: "requests":{"used":3,"limit":3,"remaining":0},"executions":{"used":2,"limit":10,"remaining":8}
//! upgraded from free to pro
//! two calls: 200 OK, 200 OK
//! usage: "requests":{"used":5,"limit":1000,"remaining":995},"executions":{"used":3,"limit":10000,"remaining":9997}
//! the operator sees: hour 5 of 1000, month 3 of 10000
//! ```

use std::error::Error;
use std::net::SocketAddr;

use axum::{Router, routing::get};
use ratelimit_core::{Calendar, Memory, Plan, Policy, Quota};
use ratelimit_tower::limit::{Anonymous, ByUnit, Meter, RateLimitLayer, Tiers};
use ratelimit_tower::{Head, PathPrefix, key};
use tokio::net::TcpListener;

const TOKEN: &str = "tok_alice";

fn plan(name: &'static str, hour: u32, month: u32) -> Result<Plan, Box<dyn Error>> {
    let months = Calendar::monthly("Europe/Berlin")?;
    let policies = [
        Policy::sliding_log("hour", Quota::per_hour(hour)),
        Policy::calendar("month", month, months).with_unit("executions"),
    ];
    Ok(Plan::new(name, policies)?)
}

fn app(tiers: &Tiers, plan: Plan) -> Router {
    let run = PathPrefix::new("/run");
    let executions = Meter::new("executions")
        .with_cost(move |head: &Head<'_>| u32::from(run.covers(head.path())));
    let limits = RateLimitLayer::with_limiter(tiers.limiter().clone(), plan)
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse)
        .with_tiers(tiers.clone())
        .with_meter(executions);
    let usage = limits.usage(ByUnit);
    Router::new()
        .route("/run", get(|| async { "done" }))
        .route("/list", get(|| async { "[]" }))
        .layer(limits)
        // Beside the limits, not under them.
        .route_service("/v1/usage", usage)
}

async fn serve(app: Router) -> Result<SocketAddr, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (free, pro) = (plan("free", 3, 10)?, plan("pro", 1_000, 10_000)?);
    let tiers = Tiers::new(Memory::new());
    tiers.set(TOKEN, free.clone());
    let url = format!("http://{}", serve(app(&tiers, free)).await?);

    two_calls(&url).await?;
    two_calls(&url).await?;
    // From any thread, while requests are served: a webhook of the billing system, say.
    if let Some(former) = tiers.set(TOKEN, pro.clone()) {
        println!("upgraded from {} to {}", former.name(), pro.name());
    }
    two_calls(&url).await?;
    if let Some(state) = tiers.explain(TOKEN, 1) {
        let policy = |p: ratelimit_core::PolicyStatus<'_>| {
            format!("{} {} of {}", p.name(), p.used(), p.limit())
        };
        let policies: Vec<String> = state.policies().map(policy).collect();
        println!("the operator sees: {}", policies.join(", "));
    }
    Ok(())
}

async fn two_calls(url: &str) -> Result<(), Box<dyn Error>> {
    let client = reqwest::Client::new();
    let get = |path: &str| client.get(format!("{url}{path}")).bearer_auth(TOKEN).send();
    let (run, list) = (get("/run").await?, get("/list").await?);
    println!("two calls: {}, {}", run.status(), list.status());
    let usage = get("/v1/usage").await?.text().await?;
    // What comes first is the period, which is another one tomorrow.
    let units = usage.split_once("},").map_or("?", |(_, units)| units);
    println!("usage: {}", units.trim_end_matches("}}").to_owned() + "}");
    Ok(())
}
