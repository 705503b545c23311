//! Bodies of refusals: that their fields are known, and that what is called JSON is JSON.

use http::{HeaderValue, StatusCode};
use ratelimit_tower::limit::respond::Template;
use toml::Spanned;

use super::super::Refusals;
use super::super::file::{self, Word};
use super::super::syntax::{list, nearest};
use super::Checker;

const JSON: &str = "application/json";

impl Checker<'_> {
    pub(super) fn refusals(&mut self, raw: &file::Refusals) -> Refusals {
        let mut template =
            |raw: &Option<file::Refusal>| raw.as_ref().and_then(|raw| self.refusal(raw));
        Refusals {
            rate: template(&raw.rate),
            quota: template(&raw.quota),
            concurrency: template(&raw.concurrency),
            cost: template(&raw.cost),
            key: template(&raw.key),
        }
    }

    fn refusal(&mut self, raw: &file::Refusal) -> Option<Template> {
        let status = raw.status.as_ref().map(|status| self.status(status));
        let content_type = match &raw.content_type {
            Some(word) => self.content_type(word)?,
            None => HeaderValue::from_static(JSON),
        };
        let text = raw.body.get_ref();
        let template = match Template::new(content_type, text) {
            Ok(template) => template,
            Err(error) => {
                let at = self.inside(&raw.body.span(), text, error.position());
                self.no_template(at, error.name());
                return None;
            }
        };
        self.is_json(&raw.body, &template);
        match status {
            Some(status) => Some(template.with_status(status?)),
            None => Some(template),
        }
    }

    /// There is a field that is not known, or one without an end.
    fn no_template(&mut self, at: usize, unknown: Option<&str>) {
        let Some(name) = unknown else {
            let message = "this `${` has no `}`";
            self.wrong(
                at,
                message,
                "write a field as in `${limit}`, and `$${` for the characters",
            );
            return;
        };
        let known: Vec<&str> = Template::known().collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `${{{meant}}}`?"),
            None => format!("the fields are {}", list(&known)),
        };
        let message = format!("there is no field `{}`", name.escape_debug());
        self.wrong(at, message, hint);
    }

    fn is_json(&mut self, body: &Word, template: &Template) {
        if !template.is_json() {
            return;
        }
        let broken = |text: &String| serde_json::from_str::<serde::de::IgnoredAny>(text).err();
        let samples = template.samples();
        if let Some((sample, error)) = samples.iter().find_map(|s| Some((s, broken(s)?))) {
            let message = format!("with its fields filled in this is no JSON: {error}");
            let hint = format!(
                "texts need quotes, as in \"${{policy}}\", and numbers none; filled in: {sample}"
            );
            self.wrong(body.span().start, message, hint);
        }
    }

    fn status(&mut self, raw: &Spanned<i64>) -> Option<StatusCode> {
        let status = u16::try_from(*raw.get_ref()).ok();
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.filter(|status| status.is_client_error() || status.is_server_error());
        if status.is_none() {
            let message = format!("{} is no status of a refusal", raw.get_ref());
            self.wrong(
                raw.span().start,
                message,
                "use one from 400 to 599, such as 429 or 402",
            );
        }
        status
    }

    fn content_type(&mut self, word: &Word) -> Option<HeaderValue> {
        let value = HeaderValue::from_str(word.get_ref()).ok();
        let value = value.filter(|value| value.as_bytes().contains(&b'/'));
        if value.is_none() {
            let hint = "write it as in `application/json` or `text/plain`";
            self.wrong(word.span().start, "this is no media type", hint);
        }
        value
    }
}
