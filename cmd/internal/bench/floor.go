package bench

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// FloorHandler is what the machine can do at all: the request and the answer of
// a chat message through echo v4, and nothing between. It tells its CPU time as
// the gateway does.
func FloorHandler() http.Handler {
	e := echo.New()
	e.HideBanner = true
	e.POST("/api/v1/web/:channel/messages", func(c echo.Context) error {
		var m struct {
			ID   string `json:"id"`
			Text string `json:"text"`
		}
		if err := c.Bind(&m); err != nil {
			return err
		}
		return c.JSON(http.StatusOK, map[string]any{"id": m.ID, "replies": []map[string]any{
			{"id": m.ID, "seq": 1, "role": "bot", "text": "You said: " + m.Text}}})
	})
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	e.GET("/metrics", echo.WrapHandler(promhttp.HandlerFor(reg, promhttp.HandlerOpts{})))
	return e
}
