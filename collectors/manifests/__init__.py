"""One module per kind of manifest, each with `find(listing) -> list[Bundle]`; `collectors.bundles` asks them all."""
