//! Usage as JSON, with an object for each unit.

use bytes::Bytes;
use http::{HeaderValue, Response, header};

use super::{DescribeUsage, UsageReport};
use crate::limit::respond::escape;

/// `{"period":{"start":<ms>,"end":<ms>},"requests":{"used":234,"limit":1000,"remaining":766},…}`: the
/// [period](UsageReport::period) in Unix milliseconds, and of each [unit](UsageReport::units) the
/// tightest rate. Never stored by caches. A unit that is called `period` is left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByUnit;

impl DescribeUsage for ByUnit {
    fn describe(&self, usage: &UsageReport<'_>) -> Response<Bytes> {
        let mut members = Vec::new();
        if let Some((start, end)) = usage.period() {
            let (start, end) = (start.as_millis(), end.as_millis());
            members.push(format!(r#""period":{{"start":{start},"end":{end}}}"#));
        }
        let units = usage.units().into_iter();
        for (unit, status) in units.filter(|(unit, _)| *unit != "period") {
            let (unit, used) = (escape::json(unit), status.used());
            let (limit, remaining) = (status.limit(), status.remaining());
            members.push(format!(
                r#""{unit}":{{"used":{used},"limit":{limit},"remaining":{remaining}}}"#
            ));
        }
        let mut response = Response::new(Bytes::from(format!("{{{}}}", members.join(","))));
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
