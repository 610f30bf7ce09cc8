package detect

import "strings"

// tailWords are the words at whose end the scan looks for a separator: names of secrets, of credentials, of the folder of homes, of
// commands, and what saysLittle.
func tailWords() []string {
	words := []string{"authorization", "bearer", "basic", "home", "users", "value", "identified"}
	for i := range commands {
		words = append(words, commandWord(commands[i].name))
	}
	for i := range secretWords {
		words = append(words, secretWords[i].word)
	}
	return append(words, anchorEnds()...)
}

// commandWord is a command's name from its last sign on.
func commandWord(name string) string { return name[strings.LastIndexByte(name, '-')+1:] }
