package detect

import "slices"

// numberKinds are all kinds of numbers that words name. Where a word names several that have the same form, the first is found.
var numberKinds = formed(slices.Concat(imeiKinds, healthKinds, taxKinds, furtherTaxKinds, nationalKinds, identityKinds, accountKinds, cvvKinds, passportKinds, birthKinds, onceKinds, slashedKinds, bareKinds, solanaKinds, namedCardKinds, namedSSNKinds))
