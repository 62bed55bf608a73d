//! Lists of things that become nodes of one kind.

/// Several values that each become a `T`: an array or a `Vec` of one type, a tuple of several
/// types, or `()` for none.
///
/// ```
/// use siddhi_query::builder::{attr, call};
///
/// assert_eq!(call("f", ()).to_string(), "f()");
/// assert_eq!(call("f", [1, 2]).to_string(), "f(1, 2)");
/// assert_eq!(call("f", (attr("a"), 5, "x")).to_string(), "f(a, 5, 'x')");
/// ```
pub trait List<T> {
    /// The nodes in order.
    fn into_list(self) -> Vec<T>;
}

impl<T> List<T> for () {
    fn into_list(self) -> Vec<T> {
        Vec::new()
    }
}

impl<T, Item: Into<T>, const N: usize> List<T> for [Item; N] {
    fn into_list(self) -> Vec<T> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T, Item: Into<T>> List<T> for Vec<Item> {
    fn into_list(self) -> Vec<T> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<T, $first: Into<T>, $($rest: Into<T>),*> List<T> for ($first, $($rest,)*) {
            #[allow(non_snake_case, reason = "each value is named as its type")]
            fn into_list(self) -> Vec<T> {
                let ($first, $($rest,)*) = self;
                vec![$first.into(), $($rest.into()),*]
            }
        }
        tuples!($($rest)*);
    };
    () => {};
}
tuples!(A B C D E F G H I J K L);
