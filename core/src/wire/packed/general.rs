//! Profiles that come with the crate, for whoever has none of their own.

macro_rules! general {
    ($($(#[$doc:meta])+ $feature:literal $name:ident $file:literal;)+) => {$(
        $(#[$doc])+
        #[cfg(feature = $feature)]
        pub static $name: &[u8] = include_bytes!(concat!("../../../profiles/", $file));

        #[cfg(feature = $feature)]
        impl super::Profile<'_> {
            #[doc = concat!("[`", stringify!($name), "`](super::", stringify!($name), "), checked when the program is compiled.")]
            pub const $name: super::Profile<'static> = match super::Profile::built_in($name) {
                Ok(profile) => profile,
                Err(_) => panic!("not made by this version"),
            };
        }
    )+};
}

general! {
    /// A profile of 16 KiB: from UCDP events of Mexico and Syria, and the texts of NGA anti-shipping activity messages.
    "general-16" GENERAL_16 "general-16.profile";
    /// The same in 64 KiB, with more of its text model.
    "general-64" GENERAL_64 "general-64.profile";
}
