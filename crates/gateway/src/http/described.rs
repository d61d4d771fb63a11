//! What every operation of the interface can answer, whatever it does: written into its description here, once for all,
//! so that each handler describes only what is its own.

use contract::ErrorCode;
use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr, Response, Schema,
    path::{Operation, Parameter, ParameterIn},
};

use super::problem::MEDIA_TYPE;

/// Completes the description.
pub fn complete(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let reading = item.get.iter_mut().map(|operation| (operation, false));
        let writing = item.post.iter_mut().map(|operation| (operation, true));
        for (operation, writes) in reading.chain(writing) {
            for code in of_all(operation, writes) {
                let responses = &mut operation.responses.responses;
                responses
                    .entry(code.status().to_string())
                    .or_insert_with(|| RefOr::T(refusal(code.title())));
            }
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    name_problems(response);
                }
            }
        }
    }
}

/// The refusals of what is around the handlers, and of the readers of their input.
fn of_all(operation: &Operation, writes: bool) -> Vec<ErrorCode> {
    let mut codes = vec![ErrorCode::Internal, ErrorCode::Overloaded];
    if writes {
        codes.extend([ErrorCode::OriginRefused, ErrorCode::UnsupportedMediaType]);
    }
    if operation.request_body.is_some() {
        codes.extend([ErrorCode::InvalidJson, ErrorCode::PayloadTooLarge]);
    }
    // Of an address that is no text.
    let mut parameters = operation.parameters.iter().flatten();
    if parameters.any(is_in_address) {
        codes.push(ErrorCode::InvalidRequest);
    }
    codes
}

fn is_in_address(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path)
}

fn refusal(description: &str) -> Response {
    let mut response = Response::new(description);
    let content = RefOr::T(Content::new(Some(problem())));
    response.content.insert(MEDIA_TYPE.to_owned(), content);
    response
}

/// Problems have a media type of their own.
fn name_problems(response: &mut Response) {
    let is_problem = |content: &RefOr<Content>| matches!(content, RefOr::T(content) if content.schema == Some(problem()));
    for (name, content) in std::mem::take(&mut response.content) {
        let name = if is_problem(&content) {
            MEDIA_TYPE.to_owned()
        } else {
            name
        };
        response.content.insert(name, content);
    }
}

fn problem() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name("Problem"))
}
