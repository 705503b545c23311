//! From a text to its pieces.

use super::error::TemplateError;
use super::field::Field;
use super::places::Place;

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Field(Field, Place),
}

impl Piece {
    pub(super) fn field(&self) -> Option<Field> {
        match self {
            Self::Text(_) => None,
            Self::Field(field, _) => Some(*field),
        }
    }
}

/// The pieces in their order; of two fields that touch there is no text between.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let (mut pieces, mut literal, mut position) = (Vec::new(), String::new(), 0);
    while let Some(at) = text[position..].find('$') {
        let dollar = position + at;
        literal.push_str(&text[position..dollar]);
        let rest = &text[dollar..];
        if rest.starts_with("$${") {
            literal.push_str("${");
            position = dollar + "$${".len();
        } else if let Some(rest) = rest.strip_prefix("${") {
            let (field, length) = field(rest, dollar)?;
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Field(field, Place::Within));
            position = dollar + "${".len() + length + "}".len();
        } else {
            literal.push('$');
            position = dollar + "$".len();
        }
    }
    literal.push_str(&text[position..]);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// The field whose name `rest` begins with, and the length of that name.
fn field(rest: &str, position: usize) -> Result<(Field, usize), TemplateError> {
    // A brace far behind is not the one that is missing here.
    let end = rest.find(|c: char| !(c.is_alphanumeric() || " -_.".contains(c)));
    let end = end.filter(|end| rest[*end..].starts_with('}'));
    let length = end.ok_or(TemplateError::Unclosed { position })?;
    let name = &rest[..length];
    let unknown = || TemplateError::UnknownField {
        position,
        name: name.to_owned(),
    };
    Field::named(name)
        .map(|field| (field, length))
        .ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Piece = Piece::Field(Field::Limit, Place::Within);

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn fields_stand_between_texts() {
        assert_eq!(pieces("").unwrap(), []);
        assert_eq!(pieces("a").unwrap(), [text("a")]);
        assert_eq!(pieces("${limit}").unwrap(), [LIMIT]);
        assert_eq!(pieces("${limit}${limit}").unwrap(), [LIMIT, LIMIT]);
        let cost = Piece::Field(Field::Cost, Place::Within);
        let expected = [text("é"), LIMIT, text(" of "), cost, text("!")];
        assert_eq!(pieces("é${limit} of ${cost}!").unwrap(), expected);
    }

    #[test]
    fn every_name_that_is_known_is_read() {
        for field in Field::ALL {
            let found = pieces(&format!("${{{}}}", field.name())).unwrap();
            assert_eq!(found, [Piece::Field(field, Place::Within)]);
        }
    }

    #[test]
    fn a_dollar_that_begins_no_field_is_a_dollar() {
        for alone in ["$", "$$", "5 $", "$limit", "$ {limit}", "$}", "{}", "$$é"] {
            assert_eq!(pieces(alone).unwrap(), [text(alone)]);
        }
        assert_eq!(pieces("$${limit}").unwrap(), [text("${limit}")]);
        assert_eq!(pieces("$${").unwrap(), [text("${")]);
        assert_eq!(pieces("$$${limit}").unwrap(), [text("$${limit}")]);
        assert_eq!(pieces("a$${${limit}").unwrap(), [text("a${"), LIMIT]);
    }

    #[test]
    fn a_mistake_says_where_it_is() {
        for (wrong, position, name) in [
            ("${}", 0, Some("")),
            ("é ${Limit}", 3, Some("Limit")),
            ("${limit}${ limit }", 8, Some(" limit ")),
            ("${retry_after}", 0, Some("retry_after")),
            ("${limité}", 0, Some("limité")),
            ("ab${", 2, None),
            ("ab${limit", 2, None),
            (r#"{"a":${limit,"b":{}}"#, 5, None),
            ("${${limit}}", 0, None),
            ("${limit\n}", 0, None),
        ] {
            let error = pieces(wrong).unwrap_err();
            assert_eq!(
                (error.position(), error.name()),
                (position, name),
                "{wrong}"
            );
            assert!(error.to_string().contains(&position.to_string()));
        }
    }
}
