package detect

// tailWords are the words at whose end the scan looks for a separator: names of secrets, of credentials, of the folder of homes.
func tailWords() []string {
	words := []string{"authorization", "bearer", "basic", "home", "users"}
	for i := range secretWords {
		words = append(words, secretWords[i].word)
	}
	return words
}
