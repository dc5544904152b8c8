package bench

// BehaviourName names a fact about what a gateway does with a request.
type BehaviourName string

// Fact is what was seen of a behaviour in the exchanges with one gateway process.
type Fact struct {
	Behaviour BehaviourName `json:"behaviour"`
	Case      string        `json:"case,omitempty"` // of a behaviour that is looked at in several, such as "429"
	Arm       Arm           `json:"arm"`
	Process   int           `json:"process"`
	Seen      int           `json:"seen"` // exchanges in which it was so
	Of        int           `json:"of"`   // exchanges that could show it
	// Unseen says why Of is 0.
	Unseen string `json:"unseen,omitempty"`
	// Value is the figure of the fact, in base units, the median of those seen: the
	// seconds by which something is late, bytes kept for 1,000 requests. Absent where
	// the fact has none.
	Value *float64 `json:"value,omitempty"`
	// Detail has the figures of one exchange in words.
	Detail string `json:"detail,omitempty"`
	// Says are the parts of a description, sorted: of a behaviour that is neither true
	// nor false, such as the headers that a gateway adds.
	Says []string `json:"says,omitempty"`
}

// Timeline is when the events of one stream were sent and came, for drawing. Seconds
// since the request was sent.
type Timeline struct {
	Arm  Arm       `json:"arm"`
	Sent []float64 `json:"sent"`
	Came []float64 `json:"came"`
}

// BehaviourChange is what became of a behaviour from base to head.
type BehaviourChange struct {
	Behaviour BehaviourName `json:"behaviour"`
	Case      string        `json:"case,omitempty"`
	Change    Change        `json:"change"`
	Harm      bool          `json:"harm"`
	// Outcome is regression for harm that decides, else pass.
	Outcome Outcome `json:"outcome"`
	Text    string  `json:"text"` // "streams are buffered whole: 10 of 10, base 0 of 10"
	Look    string  `json:"look,omitempty"`
}
