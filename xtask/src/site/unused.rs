//! Takes out of the WebAssembly what is in it only because its address is kept, and nobody calls.
//!
//! A boxed view (`AnyView` of tachys) keeps the address of `hydrate_async` beside those of `build` and `hydrate`.
//! Only `leptos::mount::hydrate_lazy` ever calls it, for Leptos' lazy routes, which the console does not use
//! (docs/decisions/0004): one function for each type of view, some 20 kB of what travels. A boxed route likewise
//! keeps that of `generate_routes`, which only a server calls. The compiler cannot know; here their bodies become
//! a trap, and wasm-opt removes what only they called.

use crate::error::{Error, Result};
use walrus::{Export, ExportId, FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig};

/// The methods that nobody calls.
const METHODS: [&str; 2] = ["::hydrate_async", "::generate_routes"];

/// What these exports begin with is wasm-streams' side of streamed bodies: server functions link it, and none of
/// ours streams.
const EXPORTS: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// The module with a trap in place of each body of an unused method, and how many those are.
pub(super) fn without(wasm: &[u8]) -> Result<(Vec<u8>, usize)> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(true).generate_producers_section(false);
    let mut module = config.parse(wasm).map_err(|error| Error::Failed(format!("walrus: {error:#}")))?;
    let unused: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(is_unused))
        .collect();
    for id in &unused {
        trap(&mut module, *id);
    }
    let streams: Vec<ExportId> = module
        .exports
        .iter()
        .filter(|export| EXPORTS.iter().any(|start| export.name.starts_with(start)))
        .map(Export::id)
        .collect();
    for id in streams {
        module.exports.delete(id);
    }
    Ok((module.emit_wasm(), unused.len()))
}

/// Whether a function is an unused method, or the future that it makes.
///
/// What merely has the future among its type parameters is left alone: the compiler may have merged it with
/// something alike that is called. The future cannot be so merged: its body names the line it was written on.
fn is_unused(symbol: &str) -> bool {
    let name = format!("{:#}", rustc_demangle::demangle(symbol));
    let name = name.strip_suffix("::{closure#0}").unwrap_or(&name);
    METHODS.iter().any(|method| without_parameters(name).ends_with(method))
}

/// A path without the type parameters at its end.
fn without_parameters(path: &str) -> &str {
    let Some(inner) = path.strip_suffix('>') else { return path };
    let mut open = 1_usize;
    let mut last = ' ';
    for (at, letter) in inner.char_indices().rev() {
        match letter {
            // Not the arrow of a function's type, which is read from its end here.
            '>' => open += 1,
            '-' if last == '>' => open -= 1,
            '<' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return path[..at].strip_suffix("::").unwrap_or(path);
        }
        last = letter;
    }
    path
}

fn trap(module: &mut Module, id: FunctionId) {
    let signature = module.types.get(module.funcs.get(id).ty());
    let (takes, gives) = (signature.params().to_vec(), signature.results().to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &takes, &gives);
    builder.func_body().unreachable();
    let arguments = takes.iter().map(|kind| module.locals.add(*kind)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_methods_and_their_futures_are_unused() {
        for (name, unused) in [
            ("<_ as tachys::view::any_view::IntoAny>::into_any::hydrate_async::<binnacle_app::Row>", true),
            (
                "<_ as tachys::view::any_view::IntoAny>::into_any::hydrate_async::<app::Row>::{closure#0}",
                true,
            ),
            ("<() as tachys::view::RenderHtml>::hydrate_async::{closure#0}", true),
            ("<X as RenderHtml>::hydrate_async::<fn(u8) -> alloc::vec::Vec<u8>>::{closure#0}", true),
            (
                "<_ as tachys::view::any_view::IntoAny>::into_any::hydrate_from_server::<binnacle_app::Row>",
                false,
            ),
            ("core::ptr::drop_glue::<<() as tachys::view::RenderHtml>::hydrate_async::{closure#0}>", false),
            ("<NestedRoute<A, C, D, V> as MatchNestedRoutes>::generate_routes", true),
            ("leptos::mount::hydrate_async_body", false),
        ] {
            assert_eq!(is_unused(name), unused, "{name}");
        }
    }

    #[test]
    fn a_trap_takes_the_place_of_the_body() {
        let mut module = Module::default();
        for name in ["app::hydrate_async", "app::hydrate", "intounderlyingsink_close"] {
            let mut builder = FunctionBuilder::new(&mut module.types, &[], &[walrus::ValType::I32]);
            builder.name(name.to_owned()).func_body().i32_const(7);
            let id = builder.finish(vec![], &mut module.funcs);
            module.exports.add(name, id);
        }
        let (wasm, count) = without(&module.emit_wasm()).unwrap();
        assert_eq!(count, 1);
        let after = Module::from_buffer(&wasm).unwrap();
        assert_eq!(after.exports.iter().count(), 2);
        let body = |name: &str| {
            let id = after.exports.get_func(name).unwrap();
            let function = after.funcs.get(id).kind.unwrap_local();
            format!("{:?}", function.block(function.entry_block()).instrs)
        };
        assert!(body("app::hydrate_async").contains("Unreachable"));
        assert!(!body("app::hydrate").contains("Unreachable"));
    }
}
