package stdlib

import (
	"html"
	"strings"
)

// htmlBasic are the entities that every version of HTML has, htmlLatin those of
// ISO 8859-1, which HTML 3 adds, htmlExtended those that HTML 4 adds (W3C, HTML
// 4.01, section 24).
const (
	htmlBasic = "quot amp lt gt"
	htmlLatin = `nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro
		para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave
		Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc
		Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc
		iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml`
	htmlExtended = `fnof Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon
		Phi Chi Psi Omega alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma
		tau upsilon phi chi psi omega thetasym upsih piv bull hellip prime Prime oline frasl weierp image real trade alefsym
		larr uarr rarr darr harr crarr lArr uArr rArr dArr hArr forall part exist empty nabla isin notin ni prod sum minus
		lowast radic prop infin ang and or cap cup int there4 sim cong asymp ne equiv le ge sub sup nsub sube supe oplus otimes
		perp sdot lceil rceil lfloor rfloor loz spades clubs hearts diams OElig oelig Scaron scaron Yuml circ tilde ensp emsp
		thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo dagger Dagger permil lsaquo rsaquo euro`
)

var (
	html3 = entities(htmlBasic + " " + htmlLatin)
	html4 = entities(htmlBasic + " " + htmlLatin + " " + htmlExtended)
)

// entities replaces the characters of entities by their names.
func entities(names string) *strings.Replacer {
	var pairs []string
	for name := range strings.FieldsSeq(names) {
		entity := "&" + name + ";"
		pairs = append(pairs, html.UnescapeString(entity), entity)
	}
	return strings.NewReplacer(pairs...)
}
