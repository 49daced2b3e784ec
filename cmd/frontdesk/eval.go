package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/evals"
)

func evalCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "eval", Short: "Measure understanding and finding on labelled data; prints JSON",
		Example: "  frontdesk eval intent --train train.jsonl --test test.jsonl"}
	c.AddCommand(evalIntent(s), evalEntities(s), evalFAQ(s), evalRetrieval(s), evalHandoff(s), evalAnswers())
	return c
}

// embeddingFlags adds what every measurement has.
func embeddingFlags(c *cobra.Command) *evals.Embedding {
	e := &evals.Embedding{}
	c.Flags().StringVar(&e.URL, "embedding", "builtin:", "builtin:, none, or the base URL of an OpenAI-compatible endpoint (key: $"+evals.KeyVariable+")")
	c.Flags().StringVar(&e.Model, "embedding-model", "", "the endpoint's model")
	c.Flags().StringVar(&e.Cache, "vectors-cache", "", "folder where vectors are kept, by model and text")
	return e
}

// required makes flags of c that must be given misuse when they are not.
func required(c *cobra.Command, names ...string) {
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		for _, n := range names {
			if f := c.Flags().Lookup(n); f.Value.String() == "" {
				return misuse{errors.New("--" + n + " is missing: name the file; see " + c.CommandPath() + " --help")}
			}
		}
		return nil
	}
}

// measured makes c print what run finds.
func measured[T any](s streams, c *cobra.Command, run func(ctx context.Context) (T, error)) *cobra.Command {
	c.Args = cobra.NoArgs
	c.RunE = func(c *cobra.Command, _ []string) error {
		got, err := run(c.Context())
		if err != nil {
			return err
		}
		return json.NewEncoder(s.out).Encode(got)
	}
	return c
}

func evalIntent(s streams) *cobra.Command {
	c := &cobra.Command{Use: "intent", Short: "Accuracy and calibration of the intent recogniser",
		Example: "  frontdesk eval intent --train train.jsonl --test test.jsonl.gz --withhold oos_split.json"}
	var f evals.Intent
	c.Flags().StringVar(&f.Train, "train", "", "examples to learn")
	c.Flags().StringVar(&f.Test, "test", "", "examples to ask")
	c.Flags().StringVar(&f.OOS, "oos", "", "texts that are out of scope")
	c.Flags().StringVar(&f.Withhold, "withhold", "", "intents to keep from training, which are then out of scope")
	e := embeddingFlags(c)
	required(c, "train", "test")
	return measured(s, c, func(ctx context.Context) (any, error) { return f.Run(ctx, *e) })
}

func evalEntities(s streams) *cobra.Command {
	c := &cobra.Command{Use: "entities", Short: "Precision and recall of the entity extractor", Example: "  frontdesk eval entities --test cs_entities.jsonl"}
	var f evals.Entities
	c.Flags().StringVar(&f.Test, "test", "", "labelled texts")
	c.Flags().StringVar(&f.Train, "train", "", "labelled texts to learn from, besides the rules")
	embeddingFlags(c)
	required(c, "test")
	return measured(s, c, func(ctx context.Context) (any, error) { return f.Run(ctx, time.Now()) })
}

func evalFAQ(s streams) *cobra.Command {
	c := &cobra.Command{Use: "faq", Short: "How well questions find their answer among pairs", Example: "  frontdesk eval faq --faq faq.jsonl --questions questions.jsonl"}
	faq := c.Flags().String("faq", "", "questions with answers")
	questions := c.Flags().String("questions", "", "questions to ask")
	embeddingFlags(c)
	required(c, "faq", "questions")
	return measured(s, c, func(context.Context) (any, error) { return evals.Pairs(*faq, *questions) })
}

func evalRetrieval(s streams) *cobra.Command {
	c := &cobra.Command{Use: "retrieval", Short: "How well questions find their passage", Example: "  frontdesk eval retrieval --passages passages.jsonl --questions questions.jsonl"}
	var f evals.Passages
	c.Flags().StringVar(&f.Passages, "passages", "", "passages to search")
	c.Flags().StringVar(&f.Questions, "questions", "", "questions to ask")
	c.Flags().IntVar(&f.Limit, "limit", 0, "ask only so many questions")
	c.Flags().StringVar(&f.QueryLang, "query-lang", "", "ask questions of this language only")
	c.Flags().StringVar(&f.PassageLang, "passage-lang", "", "search passages of this language only")
	embeddingFlags(c)
	required(c, "passages", "questions")
	return measured(s, c, func(context.Context) (any, error) { return f.Run() })
}

func evalHandoff(s streams) *cobra.Command {
	c := &cobra.Command{Use: "handoff", Short: "How well messages that want a person are told from others", Example: "  frontdesk eval handoff --test cs_handoff.jsonl"}
	test := c.Flags().String("test", "", "labelled messages")
	talks := c.Flags().String("conversations", "", "labelled conversations")
	embeddingFlags(c)
	return measured(s, c, func(context.Context) (any, error) {
		switch {
		case *talks != "":
			return nil, misuse{errors.New("--conversations is not in this version: use --test")}
		case *test == "":
			return nil, misuse{errors.New("--test is missing: name the file; see frontdesk eval handoff --help")}
		}
		return evals.Messages(*test)
	})
}

func evalAnswers() *cobra.Command {
	c := &cobra.Command{Use: "answers", Short: "The whole pipeline on documents and questions (not in this version)", Example: "  frontdesk eval retrieval --help", FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true}}
	c.RunE = func(*cobra.Command, []string) error {
		return misuse{errors.New("eval answers is not in this version: eval faq and eval retrieval measure its parts")}
	}
	return c
}
