//! A plain struct, both ways, by the derives of postcard.
#![no_std]
#![no_main]

use increp_measure::peers;

increp_measure::peer!(peers::postcard_encode(given(), given()), peers::postcard_decode(given()));
