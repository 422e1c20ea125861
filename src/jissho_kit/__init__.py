"""The instructor's and author's side of the kit."""

import sys

# nbformat imports jsonschema, and that the grammar of all URLs, which takes longer to build than the rest of the kit to
# load. Only the schema formats iri and iri-reference need it; no notebook has them. jsonschema goes on without.
sys.modules.setdefault("rfc3987_syntax", None)
