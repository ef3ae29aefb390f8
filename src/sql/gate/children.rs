//! What hangs below each kind of node.
//!
//! One table lists every kind that the grammar's crate knows, and the match made of it has no arm for the rest: a kind that a newer grammar
//! brings is an error of the compiler here, not a hole in the gate. A kind is walked with all of its children, or it is refused. (The crate's own
//! walker panics on commands.)

use pg_raw_parse::{Node, list::CastNodeList, list::NodeList};

/// A kind of node that the gate doesn't walk into.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the gate doesn't walk into {0}")]
pub struct Unlisted(pub &'static str);

/// What an accessor of a node may give.
trait Children<'a> {
    fn push_to(self, out: &mut Vec<Node<'a>>);
}

impl<'a> Children<'a> for Node<'a> {
    fn push_to(self, out: &mut Vec<Node<'a>>) {
        if !matches!(self, Node::None) {
            out.push(self);
        }
    }
}

impl<'a> Children<'a> for &'a NodeList {
    fn push_to(self, out: &mut Vec<Node<'a>>) {
        out.extend(self.iter().filter(|node| !matches!(node, Node::None)));
    }
}

impl<'a, T> Children<'a> for &'a CastNodeList<T>
where
    &'a CastNodeList<T>: IntoIterator<Item: Into<Node<'a>>>,
{
    fn push_to(self, out: &mut Vec<Node<'a>>) {
        out.extend(self.into_iter().map(Into::into));
    }
}

impl<'a, T> Children<'a> for Option<&'a T>
where
    Node<'a>: From<&'a T>,
{
    fn push_to(self, out: &mut Vec<Node<'a>>) {
        out.extend(self.map(Node::from));
    }
}

macro_rules! node_kinds {
    (
        walked { $($kind:ident($($child:ident),*),)* }
        never_parsed { $($internal:ident,)* }
        refused { $($refused:ident,)* }
    ) => {
        /// Appends the children of a node, in the order in which they stand in the text where the grammar allows only one.
        ///
        /// # Errors
        /// [`Unlisted`] for a kind that is refused.
        pub fn children<'a>(node: Node<'a>, out: &mut Vec<Node<'a>>) -> Result<(), Unlisted> {
            match node {
                Node::None => {}
                Node::NodeList(list) => list.push_to(out),
                $(Node::$kind(_node) => { $(_node.$child().push_to(out);)* })*
                $(Node::$internal(_) => return Err(Unlisted(stringify!($internal))),)*
                $(Node::$refused(_) => return Err(Unlisted(stringify!($refused))),)*
            }
            Ok(())
        }

        /// The name of a node's kind.
        pub fn kind(node: Node<'_>) -> &'static str {
            match node {
                Node::None => "None",
                Node::NodeList(_) => "List",
                $(Node::$kind(_) => stringify!($kind),)*
                $(Node::$internal(_) => stringify!($internal),)*
                $(Node::$refused(_) => stringify!($refused),)*
            }
        }
    };
}

node_kinds! {
    walked {
        // expressions
        GroupingFunc(args, refs, cols),
        MergeSupportFunc(),
        NamedArgExpr(arg),
        BoolExpr(args),
        SubLink(testexpr, oper_name, subselect),
        CaseExpr(arg, args, defresult),
        CaseWhen(expr, result),
        RowExpr(args, colnames),
        CoalesceExpr(args),
        MinMaxExpr(args),
        SQLValueFunction(),
        XmlExpr(named_args, arg_names, args),
        XmlSerialize(expr, type_name),
        NullTest(arg),
        BooleanTest(arg),
        SetToDefault(),
        CurrentOfExpr(),
        ColumnRef(fields),
        ParamRef(),
        A_Expr(lexpr, name, rexpr),
        A_Const(),
        TypeCast(arg, type_name),
        CollateClause(arg, collname),
        FuncCall(funcname, args, agg_order, agg_filter, over),
        A_Star(),
        A_Indices(lidx, uidx),
        A_Indirection(arg, indirection),
        A_ArrayExpr(elements),
        MultiAssignRef(source),
        JsonFormat(),
        JsonReturning(format),
        JsonValueExpr(raw_expr, formatted_expr, format),
        JsonIsPredicate(expr, format),
        JsonBehavior(expr),
        JsonOutput(type_name, returning),
        JsonArgument(val),
        JsonFuncExpr(context_item, pathspec, passing, output, on_empty, on_error),
        JsonKeyValue(key, value),
        JsonParseExpr(expr, output),
        JsonScalarExpr(expr, output),
        JsonSerializeExpr(expr, output),
        JsonObjectConstructor(exprs, output),
        JsonArrayConstructor(exprs, output),
        JsonArrayQueryConstructor(query, output, format),
        JsonAggConstructor(output, agg_filter, agg_order, over),
        JsonObjectAgg(constructor, arg),
        JsonArrayAgg(constructor, arg),
        // literals, names and types
        Integer(),
        Float(),
        Boolean(),
        String(),
        BitString(),
        TypeName(names, typmods, array_bounds),
        Alias(colnames),
        RoleSpec(),
        DefElem(arg),
        // the parts of queries
        RangeVar(alias),
        JoinExpr(larg, rarg, using_clause, join_using_alias, quals, alias),
        RangeSubselect(subquery, alias),
        RangeFunction(functions, alias, coldeflist),
        RangeTableFunc(docexpr, rowexpr, namespaces, columns, alias),
        RangeTableFuncCol(type_name, colexpr, coldefexpr),
        RangeTableSample(relation, method, args, repeatable),
        JsonTable(context_item, pathspec, passing, columns, on_error, alias),
        JsonTableColumn(type_name, pathspec, format, columns, on_empty, on_error),
        JsonTablePathSpec(string),
        ResTarget(indirection, val),
        SortBy(node, use_op),
        WindowDef(partition_clause, order_clause, start_offset, end_offset),
        GroupingSet(content),
        LockingClause(locked_rels),
        IntoClause(rel, col_names, options),
        WithClause(ctes),
        CommonTableExpr(aliascolnames, ctequery, search_clause, cycle_clause, ctecolnames),
        CTESearchClause(search_col_list),
        CTECycleClause(cycle_col_list, cycle_mark_value, cycle_mark_default),
        InferClause(index_elems, where_clause),
        IndexElem(expr, collation, opclass, opclassopts),
        OnConflictClause(infer, target_list, where_clause),
        MergeWhenClause(condition, target_list, values),
        ReturningOption(),
        ReturningClause(options, exprs),
        // queries
        SelectStmt(
            with_clause, distinct_clause, target_list, into_clause, from_clause, where_clause, group_clause, having_clause, window_clause,
            values_lists, larg, rarg, sort_clause, limit_offset, limit_count, locking_clause
        ),
        InsertStmt(with_clause, relation, cols, select_stmt, on_conflict_clause, returning_clause),
        UpdateStmt(with_clause, relation, target_list, from_clause, where_clause, returning_clause),
        DeleteStmt(with_clause, relation, using_clause, where_clause, returning_clause),
        MergeStmt(with_clause, relation, source_relation, join_condition, merge_when_clauses, returning_clause),
        // commands about queries, transactions and the session
        CopyStmt(relation, query, attlist, options, where_clause),
        ExplainStmt(query, options),
        PrepareStmt(argtypes, query),
        ExecuteStmt(params),
        DeallocateStmt(),
        DeclareCursorStmt(query),
        ClosePortalStmt(),
        FetchStmt(),
        CreateTableAsStmt(query, into),
        TransactionStmt(options),
        VariableSetStmt(args),
        VariableShowStmt(),
        ConstraintsSetStmt(constraints),
        DiscardStmt(),
        NotifyStmt(),
        ListenStmt(),
        UnlistenStmt(),
        CallStmt(funccall),
        DoStmt(args),
        LockStmt(relations),
        TruncateStmt(relations),
        VacuumStmt(options, rels),
        VacuumRelation(relation, va_cols),
        ClusterStmt(relation, params),
        ReindexStmt(relation, params),
        RefreshMatViewStmt(relation),
        CommentStmt(object),
        ReturnStmt(returnval),
        // definitions
        ColumnDef(type_name, raw_default, cooked_default, identity_sequence, coll_clause, constraints, fdwoptions),
        CreateSchemaStmt(schema_elts),
        CreateExtensionStmt(options),
        TableLikeClause(relation),
        PartitionElem(expr, collation, opclass),
        PartitionSpec(part_params),
        PartitionBoundSpec(listdatums, lowerdatums, upperdatums),
        PartitionRangeDatum(value),
        PartitionCmd(name, bound),
        TriggerTransition(),
        AlterTableStmt(relation, cmds),
        AlterTableCmd(newowner, def),
        ATAlterConstraint(),
        ReplicaIdentityStmt(),
        AlterDomainStmt(type_name, def),
        ObjectWithArgs(objname, objargs, objfuncargs),
        CreateStmt(relation, table_elts, inh_relations, partbound, partspec, of_typename, constraints, nnconstraints, options),
        Constraint(
            raw_expr, keys, including, exclusions, options, where_clause, pktable, fk_attrs, pk_attrs, fk_del_set_cols, old_conpfeqop
        ),
        CreatePolicyStmt(table, roles, qual, with_check),
        AlterPolicyStmt(table, roles, qual, with_check),
        CreateTrigStmt(relation, funcname, args, columns, when_clause, transition_rels, constrrel),
        CreateSeqStmt(sequence, options),
        AlterSeqStmt(sequence, options),
        DefineStmt(defnames, args, definition),
        CreateDomainStmt(domainname, type_name, coll_clause, constraints),
        DropStmt(objects),
        IndexStmt(relation, index_params, index_including_params, options, where_clause, exclude_op_names),
        CreateFunctionStmt(funcname, parameters, return_type, options, sql_body),
        FunctionParameter(arg_type, defexpr),
        AlterFunctionStmt(func, actions),
        RenameStmt(relation, object),
        AlterObjectDependsStmt(relation, object, extname),
        AlterObjectSchemaStmt(relation, object),
        AlterOwnerStmt(relation, object, newowner),
        AlterTypeStmt(type_name, options),
        RuleStmt(relation, where_clause, actions),
        CompositeTypeStmt(typevar, coldeflist),
        CreateEnumStmt(type_name, vals),
        CreateRangeStmt(type_name, params),
        AlterEnumStmt(type_name),
        ViewStmt(view, aliases, query, options),
        AlterTSDictionaryStmt(dictname, options),
        AlterTSConfigurationStmt(cfgname, tokentype, dicts),
    }
    // What only analysis, planner or executor make.
    never_parsed {
        Bitmapset, TableFunc, Param, Aggref, WindowFunc, WindowFuncRunCondition, SubscriptingRef, FuncExpr, OpExpr, ScalarArrayOpExpr,
        SubPlan, AlternativeSubPlan, FieldSelect, FieldStore, CoerceViaIO, ArrayCoerceExpr, ConvertRowtypeExpr, CollateExpr, CaseTestExpr,
        ArrayExpr, RowCompareExpr, JsonConstructorExpr, JsonExpr, MergeAction, CoerceToDomain, CoerceToDomainValue, NextValueExpr,
        InferenceElem, ReturningExpr, TargetEntry, RangeTblRef, FromExpr, OnConflictExpr, Query, RangeTblEntry, RTEPermissionInfo,
        RangeTblFunction, TableSampleClause, WithCheckOption, SortGroupClause, WindowClause, RowMarkClause, SetOperationStmt,
        PLAssignStmt, InlineCodeBlock, CallContext, Invalid, RawStmt,
    }
    // What reaches beyond a schema or a database, or what nobody needs.
    refused {
        AlterCollationStmt, GrantStmt, AccessPriv, GrantRoleStmt, AlterDefaultPrivilegesStmt, CreateTableSpaceStmt,
        DropTableSpaceStmt, AlterTableSpaceOptionsStmt, AlterTableMoveAllStmt, AlterExtensionStmt,
        AlterExtensionContentsStmt, CreateFdwStmt, AlterFdwStmt, CreateForeignServerStmt, AlterForeignServerStmt, CreateUserMappingStmt,
        AlterUserMappingStmt, DropUserMappingStmt, ImportForeignSchemaStmt, CreateAmStmt, CreateEventTrigStmt, AlterEventTrigStmt,
        CreatePLangStmt, CreateRoleStmt, AlterRoleStmt, AlterRoleSetStmt, DropRoleStmt, CreateOpClassStmt, CreateOpClassItem,
        CreateOpFamilyStmt, AlterOpFamilyStmt, SecLabelStmt, CreateStatsStmt, StatsElem, AlterStatsStmt, AlterOperatorStmt, LoadStmt,
        CreatedbStmt, AlterDatabaseStmt, AlterDatabaseRefreshCollStmt, AlterDatabaseSetStmt, DropdbStmt, AlterSystemStmt, CheckPointStmt,
        CreateConversionStmt, CreateCastStmt, CreateTransformStmt, DropOwnedStmt, ReassignOwnedStmt, PublicationTable, PublicationObjSpec,
        CreatePublicationStmt, AlterPublicationStmt, CreateSubscriptionStmt, AlterSubscriptionStmt, DropSubscriptionStmt,
    }
}
