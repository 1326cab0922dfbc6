package org

import "github.com/rehearsal-dev/rehearsal/harness/apex/vm"

// SendEmail takes one outgoing message; it leaves when the transaction
// commits.
func (h host) SendEmail(t *vm.Thread, mail *vm.Email) error {
	m := Mail{Subject: mail.Subject, Text: mail.Text, HTML: mail.HTML, Class: t.Where()}
	for _, list := range [][]string{mail.To, mail.Cc, mail.Bcc} {
		m.To = append(m.To, list...)
	}
	if len(m.To) == 0 && mail.TargetObjectID != "" {
		m.To = []string{mail.TargetObjectID}
	}
	h.tx.result.Mails = append(h.tx.result.Mails, m)
	return nil
}
