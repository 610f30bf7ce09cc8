package detect

// ASCII tells that the text scanned last has no byte above 0x7f, and so is UTF-8. False says nothing: no bitmaps may have been needed.
func (s *Scanner) ASCII() bool { return s.high == 0 }

// unknown is what high is until bitmaps were made.
const unknown = 1

// noteHigh gathers which bytes of the chunk are above 0x7f, and reports whether any is.
func (s *Scanner) noteHigh(words int) bool {
	if s.base == 0 {
		s.high = 0
	}
	var all uint64
	for _, w := range s.maps[laneHigh][1 : 1+words] {
		all |= w
	}
	s.high |= all
	return all != 0
}
