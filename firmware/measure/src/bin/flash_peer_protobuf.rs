//! A plain struct, both ways, by what micropb generates.
#![no_std]
#![no_main]

use increp_measure::peers;

increp_measure::peer!(peers::protobuf_encode(given(), given()), peers::protobuf_decode(given()));
