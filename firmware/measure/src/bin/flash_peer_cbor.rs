//! A plain struct, both ways, by the derives of minicbor.
#![no_std]
#![no_main]

use increp_measure::peers;

increp_measure::peer!(peers::cbor_encode(given(), given()), peers::cbor_decode(given()));
