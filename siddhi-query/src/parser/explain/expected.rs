//! What the grammar expected, in words.

use super::super::grammar::Rule;

/// So many things are named before "or something else".
const NAMED_MAX: usize = 6;

/// The expected things as a phrase: `a`, `a or b`, `a, b or c`.
pub(super) fn phrase(expected: &[Rule]) -> Option<String> {
    let mut things: Vec<String> = Vec::new();
    for rule in expected {
        if let Some(thing) = thing(*rule)
            && !things.contains(&thing)
        {
            things.push(thing);
        }
    }
    if things.len() > NAMED_MAX {
        things.truncate(NAMED_MAX - 1);
        things.push("something else".to_owned());
    }
    let last = things.pop()?;
    Some(if things.is_empty() { last } else { format!("{} or {last}", things.join(", ")) })
}

/// The keyword of a rule for one.
pub(super) fn keyword(rule: Rule) -> Option<String> {
    format!("{rule:?}").strip_prefix("kw_").map(str::to_owned)
}

fn thing(rule: Rule) -> Option<String> {
    if let Some(keyword) = keyword(rule) {
        return Some(match keyword.as_str() {
            "second" => "a unit of time".to_owned(),
            "minute" | "hour" | "day" | "week" | "month" | "year" => return None,
            _ => format!("`{keyword}`"),
        });
    }
    let words = match rule {
        Rule::EOI => "the end",
        Rule::comma => "`,`",
        Rule::close => "`)`",
        Rule::open_square | Rule::filter => "`[`",
        Rule::close_square => "`]`",
        Rule::equals => "`=`",
        Rule::entry_first | Rule::entry_definition | Rule::definition => "`define`",
        Rule::entry_query => "`from`",
        Rule::entry_partition | Rule::entry_partition_header => "`partition`",
        Rule::entry_on_demand | Rule::on_demand => "`from`, `select`, `delete` or `update`",
        Rule::annotation | Rule::app_annotation => "an annotation",
        Rule::annotation_element | Rule::annotation_key => "`key = 'value'`",
        Rule::query | Rule::partition => "a query or partition",
        Rule::name | Rule::plain_name | Rule::attribute_name => "a name",
        Rule::source | Rule::single_input | Rule::event | Rule::chain_item => {
            "the name of a stream"
        }
        Rule::attribute | Rule::variable | Rule::order_item | Rule::set_item => "an attribute",
        Rule::attributes => "`(` and the attributes",
        Rule::data_type => "a type",
        Rule::string => "a text in quotes",
        Rule::script => "a script in braces",
        Rule::expression
        | Rule::operand
        | Rule::primary
        | Rule::number_start
        | Rule::select_item
        | Rule::entry_expression => "an expression",
        Rule::operator => "an operator",
        Rule::arguments | Rule::inner_query | Rule::chain_group | Rule::group => "`(`",
        Rule::star => "`*`",
        Rule::time | Rule::snapshot_time | Rule::entry_time => "a time such as `5 sec`",
        Rule::time_unit | Rule::period | Rule::millisecond_unit => "a unit of time",
        Rule::period_list | Rule::period_range => "a period such as `sec ... year`",
        Rule::integer | Rule::number | Rule::unsigned => "a number",
        Rule::selector | Rule::aggregation_selector => "`select`",
        Rule::group_by => "`group by`",
        Rule::order_by => "`order by`",
        Rule::having => "`having`",
        Rule::limit => "`limit`",
        Rule::offset => "`offset`",
        Rule::output_rate => "`output`",
        Rule::output => "an output such as `insert into`",
        Rule::output_events => "`all`, `expired` or `current events`",
        Rule::chain_separator => "`->` or `,`",
        Rule::logical_operator => "`and` or `or`",
        Rule::join_operator => "`join`",
        Rule::window | Rule::stream_function => "`#`",
        Rule::call => "a call",
        Rule::set_clause => "`set`",
        Rule::partition_key => "`expression of stream`",
        Rule::is_null => "`is null`",
        _ => return None,
    };
    Some(words.to_owned())
}
