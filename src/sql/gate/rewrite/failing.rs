//! Which parts of a condition may fail, so that the order matters in which conditions are asked.

use pg_raw_parse::{ConstValue, Node, nodes, raw};

/// Whether a part of a condition may fail with an error that depends on a row.
pub(super) fn may_fail(node: Node<'_>) -> bool {
    match node {
        Node::FuncCall(call) => !call.args().is_empty(),
        // More than one row.
        Node::SubLink(link) => link.sub_link_type == raw::SubLinkType::EXPR_SUBLINK,
        // Arrays of different lengths don't make one.
        Node::A_ArrayExpr(array) => !array.elements().iter().all(is_constant),
        Node::TypeCast(cast) => !is_constant(cast.arg()),
        Node::A_Expr(expression) => operator_may_fail(expression),
        Node::XmlExpr(_) | Node::XmlSerialize(_) | Node::RangeTableFunc(_) | Node::JsonTable(_) => true,
        Node::JsonFuncExpr(_) | Node::JsonParseExpr(_) | Node::JsonScalarExpr(_) | Node::JsonSerializeExpr(_) => true,
        Node::JsonObjectConstructor(_) | Node::JsonArrayConstructor(_) | Node::JsonArrayQueryConstructor(_) => true,
        Node::JsonObjectAgg(_) | Node::JsonArrayAgg(_) | Node::JsonIsPredicate(_) | Node::JsonValueExpr(_) => true,
        _ => false,
    }
}

fn operator_may_fail(expression: &nodes::A_Expr) -> bool {
    let mut names = expression.name().iter();
    let (Some(name), None) = (names.next().and_then(Node::as_str), names.next()) else { return true };
    match name {
        "=" | "<>" | "<" | ">" | "<=" | ">=" => false,
        "BETWEEN" | "NOT BETWEEN" | "BETWEEN SYMMETRIC" | "NOT BETWEEN SYMMETRIC" => false,
        // What they may complain about is the pattern: of LIKE, that it ends with a backslash, and not before a text is that far like it.
        "~~" | "!~~" | "~~*" | "!~~*" => !is_constant_without(b'\\', expression.rexpr()),
        // Of an expression that is none, the planner complains.
        "~" | "!~" | "~*" | "!~*" => !matches!(expression.rexpr(), Node::A_Const(_)),
        _ => true,
    }
}

fn is_constant_without(byte: u8, node: Node<'_>) -> bool {
    matches!(node, Node::A_Const(constant) if !matches!(constant.val(), Some(ConstValue::String(text)) if text.as_bytes().contains(&byte)))
}

fn is_constant(node: Node<'_>) -> bool {
    matches!(node, Node::A_Const(_) | Node::ParamRef(_))
}
