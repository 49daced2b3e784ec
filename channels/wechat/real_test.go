package wechat

import (
	"net/http/httptest"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	sim "frontdesk/channels/sim/wechat"
	"frontdesk/core"
)

// Once on the real clock and real connections: ready after 7 s, the answer is in
// the second delivery.
func TestDeliveryThenOpenForReal(t *testing.T) {
	rig := channeltest.New(t, after(7*time.Second), core.DeskRef{})
	rig.Clock.Add(time.Since(rig.Clock.Now()))
	stopClock := runClock(rig.Clock)
	ch, err := Open(rig.Settings("wx", account(map[string]any{"mode": "passive"})))
	if err != nil {
		t.Fatal(err)
	}
	rig.Start(t, ch)
	srv := httptest.NewServer(ch.(*Channel).Hook())
	platform, err := sim.New(sim.Options{Webhook: srv.URL + "/", Token: testToken, AESKey: testKey, AppID: testApp})
	if err != nil {
		t.Fatal(err)
	}
	platform.Say(alice, "hi")
	platform.Wait()
	s := &stage{T: t, rig: rig, sim: platform}
	s.answeredOnce("re: hi", sim.ViaPassive, 2)
	platform.Close()
	srv.Close()
	stopClock()
}
