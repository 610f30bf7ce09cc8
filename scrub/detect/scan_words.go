package detect

import "strings"

// tailUse says which matchers look at what follows the end of a word.
type tailUse uint8

const (
	useSecret tailUse = 1 << iota
	useCommand
	useAuthorization
	useHome
	useNamed
	useValues
	useTold

	useSeparator = useSecret | useCommand | useAuthorization
)

// tailWords are those of tailUses, in one list.
func tailWords() (words []string) {
	uses := tailUses()
	for _, use := range [...]tailUse{useAuthorization, useHome, useCommand, useSecret, useNamed, useValues, useTold} {
		words = append(words, uses[use]...)
	}
	return words
}

// tailUses are the words at whose end the scan looks for a separator, by use: names of secrets and what saysLittle, of commands, of credentials,
// of the folder of homes, of SQL, of what logs in; and the words that name numbers wherever they stand.
func tailUses() map[tailUse][]string {
	words := map[tailUse][]string{
		useSecret: {"value", "identified"}, useAuthorization: {"authorization", "bearer", "basic"}, useHome: {"home", "users", "settings"}, useNamed: namedWords.anchorEnds(),
		useValues: {"values"}, useTold: toldWords[:],
	}
	for i := range positionals {
		words[useCommand] = append(words[useCommand], commandWord(positionals[i].name))
	}
	for i := range secretWords {
		words[useSecret] = append(words[useSecret], secretWords[i].word)
	}
	return words
}

// commandWord is a command's name from its last sign on, but for the end of a program's file, which Scanner.key passes over.
func commandWord(name string) string {
	name = strings.TrimSuffix(name, programFile)
	return name[strings.LastIndexAny(name, "-_")+1:]
}

// programFile ends the names of programs in Windows.
const programFile = ".exe"
