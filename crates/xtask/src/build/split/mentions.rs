//! What the code of a function mentions.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use wasmparser::{FunctionBody, Operator};

use super::program::STACK;

/// The functions that a body calls; and its numbers: constants, and the offsets at which it reads and writes.
///
/// # Errors
/// When it uses a variable beside the stack's.
pub(super) fn mentions(body: &FunctionBody) -> Result<(BTreeSet<u32>, BTreeSet<u32>)> {
    let (mut calls, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for operator in body.get_operators_reader()? {
        let operator = operator?;
        match operator {
            Operator::Call { function_index } => {
                calls.insert(function_index);
            }
            Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index }
                if global_index != STACK =>
            {
                bail!("it has variables beside the stack's");
            }
            Operator::I32Const { value } => {
                numbers.insert(value.cast_unsigned());
            }
            // Two addresses that are written at once.
            Operator::I64Const { value } => {
                let value = value.cast_unsigned();
                numbers.extend([value as u32, (value >> 32) as u32]);
            }
            _ => numbers.extend(offset(&operator)),
        }
    }
    Ok((calls, numbers))
}

/// The fixed part of the address that an instruction reads or writes at.
fn offset(operator: &Operator) -> Option<u32> {
    use Operator as O;
    let (O::I32Load { memarg }
    | O::I64Load { memarg }
    | O::F32Load { memarg }
    | O::F64Load { memarg }
    | O::I32Load8S { memarg }
    | O::I32Load8U { memarg }
    | O::I32Load16S { memarg }
    | O::I32Load16U { memarg }
    | O::I64Load8S { memarg }
    | O::I64Load8U { memarg }
    | O::I64Load16S { memarg }
    | O::I64Load16U { memarg }
    | O::I64Load32S { memarg }
    | O::I64Load32U { memarg }
    | O::I32Store { memarg }
    | O::I64Store { memarg }
    | O::F32Store { memarg }
    | O::F64Store { memarg }
    | O::I32Store8 { memarg }
    | O::I32Store16 { memarg }
    | O::I64Store8 { memarg }
    | O::I64Store16 { memarg }
    | O::I64Store32 { memarg }) = operator
    else {
        return None;
    };
    u32::try_from(memarg.offset).ok()
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{Function, Instruction, MemArg, MemArgTarget};
    use wasmparser::BinaryReader;

    use super::*;

    #[test]
    fn constants_of_both_widths_and_offsets_are_numbers() {
        let mut function = Function::new([]);
        for step in [
            Instruction::Call(7),
            Instruction::I32Const(1024),
            Instruction::I32Load8U(MemArg {
                offset: 2048,
                align: 0,
                target: MemArgTarget::Memory(0),
                ordering: None,
            }),
            Instruction::I64Const(5 << 32 | 4096),
            Instruction::End,
        ] {
            function.instruction(&step);
        }
        let bytes = function.into_raw_body();
        let body = FunctionBody::new(BinaryReader::new(&bytes, 0));
        let (calls, numbers) = mentions(&body).unwrap();
        assert_eq!(Vec::from_iter(calls), [7]);
        assert_eq!(Vec::from_iter(numbers), [5, 1024, 2048, 4096]);
    }
}
