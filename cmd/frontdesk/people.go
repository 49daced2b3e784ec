package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"frontdesk/admin/auth"
	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/settings"
	"frontdesk/core"
)

// withAuth runs f over the people and tokens of the configured data folder. A
// server may be running: the database is shared, and every request reads it.
func withAuth(c *cobra.Command, config string, f func(context.Context, *auth.Service) error) error {
	cfg, err := settings.Load(settings.File(config))
	if err != nil {
		return err
	}
	return app.WithAccounts(c.Context(), cfg, func(s core.Accounts) error {
		return f(c.Context(), auth.New(auth.Options{Accounts: s, Now: time.Now}))
	})
}

func userCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "People who may sign in, managed on the host",
		Example: "  frontdesk user add ann --role agent\n  frontdesk user passwd ann", Args: cobra.NoArgs}
	config := c.PersistentFlags().String("config", "", "configuration file")
	var role, file string
	add := &cobra.Command{Use: "add NAME", Short: "Add a person; a password is asked for, read, or made", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			password, err := readPassword(s, file)
			if err != nil {
				return err
			}
			return withAuth(c, *config, func(ctx context.Context, a *auth.Service) error {
				made, err := a.AddUser(ctx, args[0], core.UserRole(role), password)
				if err == nil {
					printMade(s, args[0], made)
				}
				return err
			})
		}}
	add.Flags().StringVar(&role, "role", string(core.RoleAgent), "viewer, agent, editor, admin or owner")
	passwd := &cobra.Command{Use: "passwd NAME", Short: "Give a person a new password; their sessions end", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			password, err := readPassword(s, file)
			if err != nil {
				return err
			}
			return withAuth(c, *config, func(ctx context.Context, a *auth.Service) error {
				made, err := a.SetPassword(ctx, args[0], password)
				if err == nil {
					printMade(s, args[0], made)
				}
				return err
			})
		}}
	for _, sub := range []*cobra.Command{add, passwd} {
		sub.Flags().StringVar(&file, "password-file", "", "read the password from this file; - is standard input")
	}
	c.AddCommand(add, passwd, userList(s, config), userOne(config, "disable", "Shut a person out; their sessions end",
		func(ctx context.Context, a *auth.Service, name string) error { return a.SetDisabled(ctx, name, true) }),
		userOne(config, "enable", "Let a disabled person in again",
			func(ctx context.Context, a *auth.Service, name string) error { return a.SetDisabled(ctx, name, false) }),
		userOne(config, "make-owner", "Make a person an owner, and let them in: the way back for who is locked out",
			func(ctx context.Context, a *auth.Service, name string) error { return a.MakeOwner(ctx, name) }))
	return c
}

func userOne(config *string, name, short string, f func(context.Context, *auth.Service, string) error) *cobra.Command {
	return &cobra.Command{Use: name + " NAME", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withAuth(c, *config, func(ctx context.Context, a *auth.Service) error { return f(ctx, a, args[0]) })
		}}
}

func userList(s streams, config *string) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List everybody", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return withAuth(c, *config, func(ctx context.Context, a *auth.Service) error {
				us, err := a.Users(ctx)
				if err != nil {
					return err
				}
				t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(t, "NAME\tROLE\tSINCE\t")
				for _, u := range us {
					state := ""
					if u.Disabled {
						state = "disabled"
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", u.Name, u.Role, u.Created.Format(time.DateOnly), state)
				}
				return t.Flush()
			})
		}}
}

func printMade(s streams, name, made string) {
	if made != "" {
		fmt.Fprintf(s.out, "password of %s, shown once: %s\n", name, made)
	}
}

// readPassword reads a password from file, or asks on a terminal; "" means
// that one is made.
func readPassword(s streams, file string) (string, error) {
	switch {
	case file == "-":
		return firstLine(s)
	case file != "":
		b, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("password file: %w", err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	in, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", nil
	}
	fmt.Fprint(s.err, "password (empty: one is made): ")
	b, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(s.err)
	return string(b), err
}

// firstLine is all of it: a password may be several words.
func firstLine(s streams) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(s.in, maxLine)).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", fmt.Errorf("password from standard input: want it on the first line: %w", cmp.Or(err, io.ErrUnexpectedEOF))
	}
	return line, nil
}

// maxLine is far above what a password may have.
const maxLine = 64 << 10

func tokenCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Keys for programs, managed on the host",
		Example: "  frontdesk token create ci --role editor --expires 720h\n  frontdesk token revoke 01J…", Args: cobra.NoArgs}
	config := c.PersistentFlags().String("config", "", "configuration file")
	var role string
	var life time.Duration
	create := &cobra.Command{Use: "create NAME", Short: "Make a token; it is shown once", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withAuth(c, *config, func(ctx context.Context, a *auth.Service) error {
				secret, _, err := a.CreateToken(ctx, args[0], core.UserRole(role), life)
				if err == nil {
					fmt.Fprintln(s.out, secret)
				}
				return err
			})
		}}
	create.Flags().StringVar(&role, "role", string(core.RoleEditor), "viewer, agent, editor, admin or owner")
	create.Flags().DurationVar(&life, "expires", 0, "lifetime, such as 720h; 0 is for good")
	list := &cobra.Command{Use: "list", Short: "List tokens, never their secrets", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return withAuth(c, *config, func(ctx context.Context, a *auth.Service) error {
				ts, err := a.Tokens(ctx)
				if err != nil {
					return err
				}
				t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(t, "ID\tNAME\tROLE\tSINCE\tEXPIRES")
				for _, k := range ts {
					until := "never"
					if !k.Expires.IsZero() {
						until = k.Expires.Format(time.DateTime)
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Role, k.Created.Format(time.DateOnly), until)
				}
				return t.Flush()
			})
		}}
	revoke := &cobra.Command{Use: "revoke ID", Short: "Revoke a token, at once", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withAuth(c, *config, func(ctx context.Context, a *auth.Service) error { return a.RevokeToken(ctx, args[0]) })
		}}
	c.AddCommand(create, list, revoke)
	return c
}
